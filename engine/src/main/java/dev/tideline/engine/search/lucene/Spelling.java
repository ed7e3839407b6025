package dev.tideline.engine.search.lucene;

import dev.tideline.engine.index.IndexField.Text;
import dev.tideline.engine.index.IndexView;
import dev.tideline.engine.text.ShopLanguage;
import dev.tideline.engine.text.StopWords;
import dev.tideline.engine.text.TextAnalysis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.spell.DirectSpellChecker;
import org.apache.lucene.search.spell.LuceneLevenshteinDistance;
import org.apache.lucene.search.spell.SuggestMode;
import org.apache.lucene.search.spell.SuggestWord;

/**
 * What a query may have meant: words that no product has give way to the catalog's own near them
 * (Damerau and Levenshtein, by automata over the index's terms). Numbers, model codes and words of
 * three letters are never changed, and no word of the catalog is.
 */
final class Spelling {

  private static final int LENGTH_MIN = 4;
  private static final int CANDIDATES = 5;
  private static final int READINGS_MAX = 10;

  /** Longer words may have two errors. */
  private static final int ONE_EDIT_LENGTH = 5;

  private final TextAnalysis analysis;
  private final IndexView view;
  private final DirectSpellChecker checker = new DirectSpellChecker();

  Spelling(TextAnalysis analysis, IndexView view) {
    this.analysis = analysis;
    this.view = view;
    checker.setDistance(new LuceneLevenshteinDistance());
    checker.setMinPrefix(0);
    checker.setMinQueryLength(LENGTH_MIN);
    checker.setAccuracy(0.4f);
  }

  /** Other ways to read a query, the likeliest first; empty if nothing in it may be an error. */
  List<QueryText> readings(QueryText query, Plan plan) {
    List<Reading> readings = List.of(new Reading(List.of(), 0, 0));
    boolean changed = false;
    for (String unit : query.units()) {
      List<SuggestWord> near = isUnknown(unit, plan) ? near(unit) : List.of();
      changed |= !near.isEmpty();
      readings = extend(readings, unit, near);
    }
    return changed
        ? readings.stream()
            .sorted(
                Comparator.comparingDouble(Reading::likeness)
                    .thenComparingDouble(Reading::frequency)
                    .reversed())
            .map(reading -> query.withUnits(reading.units()))
            .toList()
        : List.of();
  }

  /** A reading as far as it is made. */
  private record Reading(List<String> units, double likeness, double frequency) {

    private Reading with(String unit, double like, double frequent) {
      List<String> all = new ArrayList<>(units);
      all.add(unit);
      return new Reading(all, likeness + like, frequency + Math.log(1 + frequent));
    }
  }

  private static List<Reading> extend(List<Reading> readings, String unit, List<SuggestWord> near) {
    List<Reading> extended = new ArrayList<>();
    for (Reading reading : readings) {
      if (near.isEmpty()) {
        extended.add(reading.with(unit, 0, 0));
      }
      for (SuggestWord word : near) {
        extended.add(reading.with(word.string, word.score, word.freq));
      }
    }
    return extended.size() <= READINGS_MAX ? extended : extended.subList(0, READINGS_MAX);
  }

  private static boolean isUnknown(String unit, Plan plan) {
    return plan.groups().stream().anyMatch(group -> group.unit().equals(unit) && !group.known());
  }

  private List<SuggestWord> near(String unit) {
    List<SuggestWord> near = new ArrayList<>();
    for (ShopLanguage language : view.languages()) {
      List<String> surface = analysis.surface(language, unit);
      if (surface.size() == 1
          && surface.getFirst().length() >= LENGTH_MIN
          && surface.getFirst().chars().allMatch(Character::isLetter)) {
        near.addAll(near(language, surface.getFirst()));
      }
    }
    near.sort(
        Comparator.comparingDouble((SuggestWord word) -> word.score)
            .thenComparingInt(word -> word.freq)
            .reversed());
    return near.size() <= CANDIDATES ? near : near.subList(0, CANDIDATES);
  }

  private List<SuggestWord> near(ShopLanguage language, String word) {
    checker.setMaxEdits(word.length() <= ONE_EDIT_LENGTH ? 1 : 2);
    try {
      List<SuggestWord> near = new ArrayList<>();
      for (SuggestWord one :
          checker.suggestSimilar(
              new Term(Text.SURFACE.in(language), word),
              CANDIDATES,
              view.searcher().getIndexReader(),
              SuggestMode.SUGGEST_ALWAYS)) {
        if (!StopWords.of(language).contains(one.string)
            && one.string.chars().allMatch(Character::isLetter)) {
          near.add(one);
        }
      }
      return near;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
