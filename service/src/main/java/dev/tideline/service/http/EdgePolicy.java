package dev.tideline.service.http;

import dev.tideline.cache.edge.SurrogateKeys;
import dev.tideline.engine.caching.ProductTags;
import dev.tideline.engine.caching.Reads;
import dev.tideline.service.config.EdgeConfig;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * What caches before the service are told (RFC 9111, 9213, 5861): a public answer may be kept, for
 * a while and under the keys of all that could change it; anything else may not.
 */
final class EdgePolicy {

  static final String PRIVATE = "private, no-store";

  /** If an instance has read no invalidations for longer, its answers must not be kept. */
  private static final Duration SILENCE_MAX = Duration.ofSeconds(1);

  private final EdgeConfig config;
  private final Supplier<Duration> silence;

  /**
   * A policy.
   *
   * @param silence the time since the instance last read the invalidations
   */
  EdgePolicy(EdgeConfig config, Supplier<Duration> silence) {
    this.config = config;
    this.silence = silence;
  }

  /** Adds the headers that state which caches may keep an answer. */
  Answer tell(Answer answer, boolean mayBeKept, Reads reads) {
    boolean kept =
        mayBeKept
            && answer.status() == 200
            && !config.ttl().isZero()
            && reads.staleness().isZero()
            && silence.get().compareTo(SILENCE_MAX) <= 0;
    if (!kept) {
      return answer.with("Cache-Control", PRIVATE);
    }
    String times =
        "stale-while-revalidate=%d, stale-if-error=%d"
            .formatted(config.whileRevalidate().toSeconds(), config.ifError().toSeconds());
    long ttl = config.ttl().toSeconds();
    return answer
        .with("Cache-Control", "public, max-age=0, s-maxage=%d, %s".formatted(ttl, times))
        .with("CDN-Cache-Control", "max-age=%d, %s".formatted(ttl, times))
        .with(
            config.keyHeader(),
            SurrogateKeys.join(reads.cache().tags(), config.keySeparator(), ProductTags.ANY))
        .with("Vary", "Tideline-Token, Tideline-Consistency");
  }
}
