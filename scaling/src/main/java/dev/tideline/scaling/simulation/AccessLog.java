package dev.tideline.scaling.simulation;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lines of access logs: the default formats of NGINX and Apache, and Tideline's own. */
final class AccessLog {

  /**
   * A time in brackets before a request in quotes. The text before it is ignored; it may contain a
   * user name with blanks or quotes.
   */
  private static final Pattern TIME = Pattern.compile("\\[([0-9][^\\[\\]\"]{18,38})] \"");

  private AccessLog() {}

  /** The time of a line's request; empty if the line is not from an access log. */
  static Optional<Instant> time(String line) {
    Matcher matcher = TIME.matcher(line);
    while (matcher.find()) {
      Optional<Instant> time = TraceTimes.parse(matcher.group(1));
      if (time.isPresent()) {
        return time;
      }
    }
    return Optional.empty();
  }
}
