package dev.tideline.engine.search;

import dev.tideline.engine.words.SearchText;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A query taken apart.
 *
 * @param words folded, in order; at most {@link #WORDS_MAX}, the rest is left out
 * @param phrases words in quotes, which must stand next to each other; folded, words parted by
 *     blanks
 * @param excluded words and phrases that were preceded by a minus sign
 */
record ParsedQuery(List<String> words, List<String> phrases, List<String> excluded) {

  /** Nobody types more, and each costs time. */
  static final int WORDS_MAX = 12;

  /** {@code "a phrase"}, {@code -"a phrase"}, {@code -word}; the quote must not follow a digit. */
  private static final Pattern OPERATORS =
      Pattern.compile("(?<![^\\s])(-?)\"([^\"]*)\"(?![^\\s])|(?<![^\\s])-([^\\s\"-][^\\s]*)");

  private static final Pattern BLANK = Pattern.compile(" ");

  static ParsedQuery parse(String text) {
    List<String> phrases = new ArrayList<>();
    List<String> excluded = new ArrayList<>();
    Matcher matcher = OPERATORS.matcher(text);
    StringBuilder rest = new StringBuilder();
    while (matcher.find()) {
      matcher.appendReplacement(rest, " ");
      String phrase = matcher.group(2);
      boolean minus = phrase == null || !matcher.group(1).isEmpty();
      add(minus ? excluded : phrases, SearchText.fold(phrase == null ? matcher.group(3) : phrase));
    }
    matcher.appendTail(rest);
    return new ParsedQuery(
        split(SearchText.fold(rest.toString())).limit(WORDS_MAX).toList(),
        List.copyOf(phrases),
        List.copyOf(excluded));
  }

  private static void add(List<String> to, String folded) {
    if (!folded.isEmpty() && to.size() < WORDS_MAX) {
      to.add(folded);
    }
  }

  private static Stream<String> split(String folded) {
    return folded.isEmpty() ? Stream.empty() : BLANK.splitAsStream(folded);
  }

  /** Nothing that a product could have. */
  boolean isEmpty() {
    return words.isEmpty() && phrases.isEmpty();
  }

  /** The same with other words. */
  ParsedQuery withWords(List<String> others) {
    return new ParsedQuery(others, phrases, excluded);
  }

  /** As text, in one form for all queries that mean the same. */
  String normalized() {
    Stream<String> parts =
        Stream.of(
                words.stream(),
                phrases.stream().map(phrase -> '"' + phrase + '"'),
                excluded.stream()
                    .map(each -> each.indexOf(' ') < 0 ? "-" + each : "-\"" + each + '"'))
            .flatMap(part -> part);
    return SearchText.shown(parts.collect(Collectors.joining(" ")));
  }
}
