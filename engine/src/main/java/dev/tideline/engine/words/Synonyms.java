package dev.tideline.engine.words;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Words that stand for others, one or several each. Immutable. */
public final class Synonyms {

  /**
   * What one rule says.
   *
   * @param term who searches for it also finds the synonym
   * @param twoWay and the other way round
   */
  public record Rule(String term, String synonym, boolean twoWay) {}

  /** More words than this are not looked up together. */
  public static final int TERM_WORDS_MAX = 4;

  private static final int PER_TERM_MAX = 5;

  /** All rules together. */
  public static final int RULES_MAX = 50_000;

  public static final Synonyms NONE = new Synonyms(List.of());

  private final Map<String, List<String>> byTerm = new HashMap<>();

  /** The rules, folded as {@link SearchText#fold} does. */
  Synonyms(List<Rule> rules) {
    for (Rule rule : rules) {
      add(rule.term(), rule.synonym());
      if (rule.twoWay()) {
        add(rule.synonym(), rule.term());
      }
    }
  }

  private void add(String term, String synonym) {
    List<String> synonyms = byTerm.computeIfAbsent(term, key -> new ArrayList<>());
    if (synonyms.size() < PER_TERM_MAX && !synonyms.contains(synonym) && !synonym.equals(term)) {
      synonyms.add(synonym);
    }
  }

  /** What else may be meant by folded words parted by blanks; at most five. */
  public List<String> of(String term) {
    return List.copyOf(byTerm.getOrDefault(term, List.of()));
  }

  /** Whether a text has one to four words, which is what can be a term or a synonym. */
  public static boolean hasWords(String text) {
    String folded = SearchText.fold(text);
    return !folded.isEmpty() && folded.split(" ", -1).length <= TERM_WORDS_MAX;
  }
}
