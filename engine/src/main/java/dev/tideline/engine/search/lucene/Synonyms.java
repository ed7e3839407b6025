package dev.tideline.engine.search.lucene;

import dev.tideline.engine.text.ShopLanguage;
import dev.tideline.engine.text.TextAnalysis;
import dev.tideline.engine.words.Synonyms.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Words that stand for others, one or several each, in any of their forms. Immutable. */
final class Synonyms {

  /** More words than this are not looked up together. */
  static final int TERM_WORDS_MAX = 4;

  private static final int PER_TERM_MAX = 5;

  private final TextAnalysis analysis;
  private final List<ShopLanguage> languages;
  private final List<Rule> rules;
  private final Map<List<String>, List<String>> byTerm = new HashMap<>();

  Synonyms(TextAnalysis analysis, List<ShopLanguage> languages, List<Rule> rules) {
    this.analysis = analysis;
    this.languages = List.copyOf(languages);
    this.rules = rules;
    for (Rule rule : rules) {
      add(rule.term(), rule.synonym());
      if (rule.twoWay()) {
        add(rule.synonym(), rule.term());
      }
    }
  }

  /** Whether they were made of these; rules are compared as the same list. */
  @SuppressWarnings("ReferenceEquality")
  boolean isOf(List<ShopLanguage> ofLanguages, List<Rule> ofRules) {
    return languages.equals(ofLanguages) && rules == ofRules;
  }

  private void add(String term, String synonym) {
    for (ShopLanguage language : languages) {
      List<String> synonyms =
          byTerm.computeIfAbsent(key(language, TextAnalysis.units(term)), key -> new ArrayList<>());
      if (synonyms.size() < PER_TERM_MAX && !synonyms.contains(synonym)) {
        synonyms.add(synonym);
      }
    }
  }

  /** The terms of all units: so that a plural finds what the singular does. */
  private List<String> key(ShopLanguage language, List<String> units) {
    return units.stream()
        .flatMap(unit -> analysis.paths(language, unit).stream().limit(1))
        .flatMap(List::stream)
        .toList();
  }

  /** What else the units together may stand for; at most five in each language. */
  List<String> of(List<String> units) {
    if (byTerm.isEmpty()) {
      return List.of();
    }
    return languages.stream()
        .flatMap(language -> byTerm.getOrDefault(key(language, units), List.of()).stream())
        .distinct()
        .toList();
  }
}
