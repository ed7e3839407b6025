package dev.tideline.scaling.simulation;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lines of access logs: as NGINX and Apache write them by default, and as ours are written. */
final class AccessLog {

  /**
   * A time in brackets before a request in quotes; what stands before it, a user's name with blanks
   * or quotes among it, does not matter.
   */
  private static final Pattern TIME = Pattern.compile("\\[([0-9][^\\[\\]\"]{18,38})] \"");

  private AccessLog() {}

  /** When a line's request came; empty if it is no line of an access log. */
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
