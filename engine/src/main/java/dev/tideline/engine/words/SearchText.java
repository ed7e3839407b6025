package dev.tideline.engine.words;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Brings texts that mean the same to the same words: NFKD without accents, lower case, no
 * apostrophes, marks as blanks, decimal numbers and numbers with a unit as one word ({@code
 * 13-inch}, {@code 13"} and {@code 13 in} are {@code 13inch}, {@code 1.75} is {@code 1d75}). The
 * database's function {@code search_text} does the same to the catalog.
 */
public final class SearchText {

  private record Rule(Pattern pattern, String replacement) {
    Rule(String pattern, String replacement) {
      this(Pattern.compile(pattern), replacement);
    }
  }

  private static final List<Rule> RULES =
      List.of(
          new Rule("[\\u0300-\\u036f]", ""),
          new Rule("([0-9]),([0-9]{3})(?![0-9])", "$1$2"),
          new Rule("([0-9])[.,](?=[0-9])", "$1d"),
          new Rule("([0-9])[ -]?(?:inch(?:es)?|in|\"|''|′′|”)(?![a-z0-9])", "$1inch "),
          new Rule("([0-9])[ -]?(?:feet|foot|ft|'|′|’)(?![a-z0-9])", "$1ft "),
          new Rule("([0-9])[ -]?(?:ounces?|oz)(?![a-z0-9])", "$1oz "),
          new Rule("([0-9])[ -]?(?:pounds?|lbs?)(?![a-z0-9])", "$1lb "));

  /** In the catalog, the bare number is a word too: {@code 13inch} is found by {@code 13}. */
  private static final Rule BARE_NUMBER =
      new Rule("(?<![a-z0-9])([0-9]+(?:d[0-9]+)?)(inch|ft|oz|lb)(?![a-z0-9])", "$1 $1$2");

  private static final List<Rule> MARKS =
      List.of(
          new Rule("['’]", ""),
          new Rule(
              "[\\u0001-\\u002f\\u003a-\\u0060\\u007b-\\u00bf\\u2000-\\u206f\\u3000-\\u303f]+",
              " "));

  private static final Pattern DECIMAL = Pattern.compile("(?<=[0-9])d(?=[0-9])");

  private SearchText() {}

  /** The words of a query, joined by single blanks. */
  public static String fold(String text) {
    return apply(MARKS, apply(RULES, lower(text))).strip();
  }

  /** What {@code search_text} makes of a text of the catalog. */
  public static String foldCatalog(String text) {
    String units = apply(List.of(BARE_NUMBER), apply(RULES, lower(text)));
    return apply(MARKS, units);
  }

  /** Folded words as they are shown to people. */
  public static String shown(String folded) {
    return DECIMAL.matcher(folded).replaceAll(".");
  }

  private static String lower(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKD)
        .toLowerCase(Locale.ROOT)
        .replace('ς', 'σ');
  }

  private static String apply(List<Rule> rules, String text) {
    String folded = text;
    for (Rule rule : rules) {
      folded = rule.pattern().matcher(folded).replaceAll(rule.replacement());
    }
    return folded;
  }
}
