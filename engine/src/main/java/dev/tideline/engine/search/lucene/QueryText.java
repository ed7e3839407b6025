package dev.tideline.engine.search.lucene;

import dev.tideline.engine.text.TextAnalysis;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A query divided by its operators.
 *
 * @param units what is looked for, in order; at most {@link #UNITS_MAX}, the rest is left out
 * @param phrases in quotes; a product must have their words next to each other
 * @param excluded words and phrases after a minus sign; a product must not have them
 */
record QueryText(List<String> units, List<String> phrases, List<String> excluded) {

  /** Nobody types more, and each costs time. */
  static final int UNITS_MAX = 12;

  /**
   * {@code "a phrase"}, {@code -"a phrase"}, {@code -word}. A quote must not follow a digit, where
   * it means inches; a minus sign before a digit belongs to the number.
   */
  private static final Pattern OPERATORS =
      Pattern.compile(
          "(?<![^\\s])(-?)\"([^\"]*)\"(?![^\\s])|(?<![^\\s])-(?![0-9.,])([^\\s\"-][^\\s]*)");

  static QueryText parse(String text) {
    List<String> phrases = new ArrayList<>();
    List<String> excluded = new ArrayList<>();
    Matcher matcher = OPERATORS.matcher(text);
    StringBuilder rest = new StringBuilder();
    while (matcher.find()) {
      matcher.appendReplacement(rest, " ");
      String phrase = matcher.group(2);
      boolean minus = phrase == null || !matcher.group(1).isEmpty();
      List<String> to = minus ? excluded : phrases;
      String operand = (phrase == null ? matcher.group(3) : phrase).strip();
      if (!operand.isEmpty() && to.size() < UNITS_MAX) {
        to.add(operand);
      }
    }
    matcher.appendTail(rest);
    return new QueryText(
        TextAnalysis.units(rest.toString()).stream().limit(UNITS_MAX).toList(),
        List.copyOf(phrases),
        List.copyOf(excluded));
  }

  /** As text, in one form for all queries that mean the same. */
  String normalized() {
    return Stream.of(
            units.stream().map(TextAnalysis::shown),
            phrases.stream().map(phrase -> '"' + TextAnalysis.folded(phrase) + '"'),
            excluded.stream()
                .map(each ->
                    each.indexOf(' ') < 0
                        ? "-" + TextAnalysis.folded(each)
                        : "-\"" + TextAnalysis.folded(each) + '"'))
        .flatMap(part -> part)
        .collect(Collectors.joining(" "));
  }

  /** The same with other units. */
  QueryText withUnits(List<String> others) {
    return new QueryText(others, phrases, excluded);
  }
}
