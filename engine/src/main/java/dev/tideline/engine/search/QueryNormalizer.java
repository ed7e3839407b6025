package dev.tideline.engine.search;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** Brings queries that mean the same to the same form. */
final class QueryNormalizer {

  private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Z}]+");

  private QueryNormalizer() {}

  /** Unicode NFKC, lower case, single blanks. */
  static String normalize(String query) {
    String folded = Normalizer.normalize(query, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    return BLANKS.matcher(folded).replaceAll(" ").strip();
  }
}
