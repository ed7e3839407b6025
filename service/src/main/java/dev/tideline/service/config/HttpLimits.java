package dev.tideline.service.config;

import java.time.Duration;

/**
 * The limits of what an instance accepts from clients at once, and how long it waits for them.
 *
 * @param headerTimeout from the first byte of a request to the end of its headers
 * @param bodyTimeout from the end of the headers to the end of the body, even if bytes keep
 *     arriving
 * @param connections open at once on a port
 * @param requests being answered at once; one counts from when its body is there
 */
public record HttpLimits(
    Duration headerTimeout, Duration bodyTimeout, int connections, int requests) {

  public static final HttpLimits DEFAULT =
      new HttpLimits(Duration.ofSeconds(10), Duration.ofSeconds(30), 4_000, 2_000);

  private static final Duration TIMEOUT_MIN = Duration.ofMillis(100);
  private static final Duration TIMEOUT_MAX = Duration.ofMinutes(10);
  private static final int COUNT_MAX = 100_000;

  static HttpLimits from(EnvironmentReader reader) {
    return new HttpLimits(
        reader.duration(
            "TIDELINE_HTTP_HEADER_TIMEOUT", DEFAULT.headerTimeout, TIMEOUT_MIN, TIMEOUT_MAX),
        reader.duration(
            "TIDELINE_HTTP_BODY_TIMEOUT", DEFAULT.bodyTimeout, TIMEOUT_MIN, TIMEOUT_MAX),
        reader.integer("TIDELINE_HTTP_CONNECTIONS_MAX", DEFAULT.connections, 1, COUNT_MAX),
        reader.integer("TIDELINE_HTTP_REQUESTS_MAX", DEFAULT.requests, 1, COUNT_MAX));
  }
}
