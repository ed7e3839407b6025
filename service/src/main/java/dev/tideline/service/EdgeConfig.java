package dev.tideline.service;

import java.time.Duration;

/**
 * What caches before the service may keep of public answers.
 *
 * @param ttl how long; zero for not at all
 * @param whileRevalidate how much longer while they ask anew
 * @param ifError how much longer while the service cannot be reached
 */
public record EdgeConfig(Duration ttl, Duration whileRevalidate, Duration ifError) {

  public static final EdgeConfig DEFAULT =
      new EdgeConfig(Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofMinutes(10));

  static EdgeConfig from(EnvironmentReader reader) {
    Duration day = Duration.ofDays(1);
    return new EdgeConfig(
        reader.duration("TIDELINE_EDGE_TTL", DEFAULT.ttl(), Duration.ZERO, day),
        reader.duration(
            "TIDELINE_EDGE_STALE_WHILE_REVALIDATE", DEFAULT.whileRevalidate(), Duration.ZERO, day),
        reader.duration("TIDELINE_EDGE_STALE_IF_ERROR", DEFAULT.ifError(), Duration.ZERO, day));
  }
}
