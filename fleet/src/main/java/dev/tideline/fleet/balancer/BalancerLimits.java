package dev.tideline.fleet.balancer;

import dev.tideline.embedded.process.ServerException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Limits of the built-in balancer for client connections. The environment variables are the same as
 * an instance's, so that one setting applies to the whole fleet.
 *
 * @param headers maximum time from the start of a connection to the end of its first request's
 *     headers
 * @param body maximum time from the end of the headers to the end of the body, even if data keeps
 *     arriving
 * @param answer maximum time for a client to read the response
 * @param connections maximum number of open connections
 */
public record BalancerLimits(Duration headers, Duration body, Duration answer, int connections) {

  public static final BalancerLimits DEFAULT =
      new BalancerLimits(
          Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(60), 6_000);

  private static final Duration MIN = Duration.ofMillis(100);
  private static final Duration MAX = Duration.ofMinutes(10);
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)");

  /**
   * Reads the limits from the environment; a limit that is not set has its default.
   *
   * @throws ServerException if a value is not a duration such as {@code 500ms}, {@code 5s} or
   *     {@code 2m}, or is out of range (100 ms to 10 min)
   */
  public static BalancerLimits from(Map<String, String> environment) {
    return new BalancerLimits(
        duration(environment, "TIDELINE_HTTP_HEADER_TIMEOUT", DEFAULT.headers),
        duration(environment, "TIDELINE_HTTP_BODY_TIMEOUT", DEFAULT.body),
        DEFAULT.answer,
        DEFAULT.connections);
  }

  private static Duration duration(
      Map<String, String> environment, String name, Duration fallback) {
    String text = environment.getOrDefault(name, "").strip();
    if (text.isEmpty()) {
      return fallback;
    }
    Matcher matcher = DURATION.matcher(text);
    Duration duration = matcher.matches() ? duration(matcher) : Duration.ZERO;
    if (duration.compareTo(MIN) < 0 || duration.compareTo(MAX) > 0) {
      throw new ServerException(
          "%s: must be a duration from 100ms to 10m, not %s".formatted(name, text));
    }
    return duration;
  }

  private static Duration duration(Matcher matcher) {
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      default -> Duration.ofMinutes(amount);
    };
  }
}
