package dev.tideline.engine.search;

import dev.tideline.engine.input.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the next page of a search begins; opaque to who carries it, good for that search alone. */
public final class Cursor {

  private static final Pattern FORM = Pattern.compile("2:([0-9]{1,5}):([0-9a-f]{32})");
  private static final int LENGTH_MAX = 100;
  private static final int FINGERPRINT_LENGTH = 32;

  private Cursor() {}

  /** A cursor for the page behind this one, if there is one within reach. */
  public static Optional<String> next(SearchQuery query, SearchResult result) {
    int next = query.page().end();
    return next < result.total() && next + query.page().limit() <= SearchQuery.Page.DEPTH_MAX
        ? Optional.of(encode(next, query))
        : Optional.empty();
  }

  private static String encode(int offset, SearchQuery query) {
    String text = "2:" + offset + ':' + fingerprint(query);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * How many results are passed over.
   *
   * @throws InvalidInputException if the cursor is damaged, or another search's
   */
  public static int offset(String cursor, SearchQuery query) {
    Matcher matcher = FORM.matcher(decoded(cursor));
    if (!matcher.matches() || Integer.parseInt(matcher.group(1)) > SearchQuery.Page.DEPTH_MAX) {
      throw InvalidInputException.of("cursor", "is none of ours");
    }
    if (!matcher.group(2).equals(fingerprint(query))) {
      throw InvalidInputException.of("cursor", "belongs to another search");
    }
    return Integer.parseInt(matcher.group(1));
  }

  private static String decoded(String cursor) {
    try {
      return cursor.length() > LENGTH_MAX
          ? ""
          : new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /** Of all that decides the order of the results, in whatever order and form it was asked. */
  private static String fingerprint(SearchQuery query) {
    return query.key().digest().substring(0, FINGERPRINT_LENGTH);
  }
}
