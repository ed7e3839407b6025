package dev.tideline.engine.text;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.charfilter.MappingCharFilter;
import org.apache.lucene.analysis.charfilter.NormalizeCharMap;
import org.apache.lucene.analysis.pattern.PatternReplaceCharFilter;

/**
 * What is changed in a text before it is divided into words: marks that nobody types are removed,
 * and numbers are written in one way, each with its unit as one word. Offsets into the original
 * text are kept. Immutable.
 */
final class CharacterRules {

  private static final String FRACTIONS = "¼½¾⅓⅔⅛⅜⅝⅞";
  private static final List<String> FRACTION_TEXTS =
      List.of("1/4", "1/2", "3/4", "1/3", "2/3", "1/8", "3/8", "5/8", "7/8");

  private static final NormalizeCharMap MARKS = marks();

  private record Rule(Pattern pattern, String replacement) {

    Rule(String pattern, String replacement) {
      this(Pattern.compile(pattern, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE), replacement);
    }

    /** A unit after a number: {@code 6 foot}, {@code 6-ft} and {@code 6'} become {@code 6ft}. */
    static Rule unit(String spellings, String unit) {
      return new Rule("(?<=[0-9])[ -]?(?:" + spellings + ")(?![\\p{L}\\p{N}])", unit + " ");
    }
  }

  private static final List<Rule> RULES =
      List.of(
          new Rule("(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", ""), // 1,000 -> 1000
          new Rule("(?<=[0-9])[.,](?=[0-9])", "d"), // 1.75 and 1,75 -> 1d75
          // 3/4 -> 3fr4, but not in a date or a long number
          new Rule("(?<![0-9/])([0-9]{1,2})\\s?[/\u2044]\\s?([0-9]{1,2})(?![0-9/])", "$1fr$2"),
          // "13 in red" is not thirteen inches: a separate "in" must end the text or a part of it
          Rule.unit("inch(?:es)?|\"|(?<! )in|in(?=\\s*(?:[.,;)/]|x\\b|$))", "inch"),
          Rule.unit("feet|foot|ft|'", "ft"),
          Rule.unit("ounces?|oz", "oz"),
          Rule.unit("pounds?|lbs?", "lb"));

  private CharacterRules() {}

  private static NormalizeCharMap marks() {
    NormalizeCharMap.Builder map = new NormalizeCharMap.Builder();
    for (String removed : List.of("™", "®", "©", "℠", "\u00ad", "\u200b", "\u200e", "\u200f")) {
      map.add(removed, "");
    }
    for (String apostrophe : List.of("’", "‘", "′", "ʼ", "＇")) {
      map.add(apostrophe, "'");
    }
    for (String quote : List.of("”", "“", "„", "″", "''", "′′", "’’")) {
      map.add(quote, "\"");
    }
    for (String minus : List.of("−", "‐", "‑", "‒", "–")) {
      map.add(minus, "-");
    }
    for (int i = 0; i < FRACTIONS.length(); i++) {
      map.add(FRACTIONS.substring(i, i + 1), " " + FRACTION_TEXTS.get(i));
    }
    return map.build();
  }

  /** A text with the rules applied; each only if it can apply, for most texts have no numbers. */
  static Reader apply(Reader text) {
    String all = read(text);
    Reader reader = new StringReader(all);
    if (all.chars().anyMatch(c -> c > 127 || c == '\'')) {
      reader = new MappingCharFilter(MARKS, reader);
    }
    if (all.codePoints().anyMatch(c -> Character.isDigit(c) || FRACTIONS.indexOf(c) >= 0)) {
      for (Rule rule : RULES) {
        reader = new PatternReplaceCharFilter(rule.pattern(), rule.replacement(), reader);
      }
    }
    return reader;
  }

  private static String read(Reader text) {
    try {
      return text.readAllAsString();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of a text in memory
    }
  }
}
