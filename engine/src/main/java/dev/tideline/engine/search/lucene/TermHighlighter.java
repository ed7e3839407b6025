package dev.tideline.engine.search.lucene;

import dev.tideline.engine.search.Highlighter;
import dev.tideline.engine.search.Marks;
import dev.tideline.engine.search.Marks.Span;
import dev.tideline.engine.search.lucene.Plan.Option;
import dev.tideline.engine.text.ShopLanguage;
import dev.tideline.engine.text.TextAnalysis;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Marks what the index found: the places of a text whose terms a plan has. */
final class TermHighlighter implements Highlighter {

  private final TextAnalysis analysis;
  private final Map<ShopLanguage, Set<String>> terms = new EnumMap<>(ShopLanguage.class);
  private final Map<ShopLanguage, String> beginnings = new EnumMap<>(ShopLanguage.class);

  TermHighlighter(TextAnalysis analysis, Plan plan) {
    this.analysis = analysis;
    Stream.concat(
            plan.groups().stream().flatMap(group -> group.options().stream()),
            plan.phrases().stream().flatMap(List::stream))
        .forEach(this::add);
  }

  private void add(Option option) {
    terms.computeIfAbsent(option.language(), key -> new HashSet<>()).addAll(option.terms());
    if (option.beginning()) {
      beginnings.put(option.language(), option.terms().getLast());
    }
  }

  private List<Span> spans(String text) {
    List<Span> spans = new ArrayList<>();
    terms.forEach((language, wanted) -> {
      String beginning = beginnings.get(language);
      for (TextAnalysis.Occurrence one : analysis.occurrences(language, text)) {
        if (wanted.contains(one.term())
            || (beginning != null && one.term().startsWith(beginning))) {
          spans.add(new Span(one.start(), one.end()));
        }
      }
    });
    spans.sort(Comparator.comparingInt(Span::start));
    return spans;
  }

  @Override
  public Optional<String> mark(String text) {
    return Marks.mark(text, spans(text));
  }

  @Override
  public Optional<String> snippet(String text) {
    return Marks.snippet(text, spans(text));
  }
}
