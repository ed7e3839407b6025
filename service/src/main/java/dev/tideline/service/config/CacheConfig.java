package dev.tideline.service.config;

import dev.tideline.cache.CacheSettings;
import dev.tideline.cache.Caches.LoadSettings;
import dev.tideline.cache.Invalidations;
import dev.tideline.engine.caching.ShopCache;
import dev.tideline.engine.caching.ShopCaches;
import dev.tideline.engine.storefront.ShopJobs;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * How answers are cached.
 *
 * @param localBytes what all caches in process take together
 * @param invalidations how the log of invalidations is followed
 * @param loads limits of loads
 * @param staleFor how long past its time an entry may stand in for one that is late or cannot be
 *     had
 * @param warmAtStart how long an instance may load the most frequent answers before it is ready;
 *     zero for not at all
 * @param warmEvery how often one instance of all does so again; zero for never
 * @param ttls of the caches whose lifetime was configured
 */
public record CacheConfig(
    long localBytes,
    Invalidations.Settings invalidations,
    LoadSettings loads,
    Duration staleFor,
    Duration warmAtStart,
    Duration warmEvery,
    Map<ShopCache, Duration> ttls) {

  private static final Duration STALE_FOR = Duration.ofMinutes(5);
  private static final Duration WARM_AT_START = Duration.ofSeconds(3);
  private static final Duration WARM_EVERY = ShopJobs.WARM.interval();

  public static final CacheConfig DEFAULT =
      new CacheConfig(
          ShopCaches.LOCAL_BYTES_DEFAULT,
          Invalidations.Settings.DEFAULT,
          LoadSettings.DEFAULT,
          STALE_FOR,
          WARM_AT_START,
          WARM_EVERY,
          Map.of());

  static CacheConfig from(EnvironmentReader reader) {
    Map<ShopCache, Duration> ttls = new EnumMap<>(ShopCache.class);
    for (ShopCache cache : ShopCache.values()) {
      String name = "TIDELINE_CACHE_TTL_" + cache.name();
      if (reader.text(name).isPresent()) {
        ttls.put(
            cache,
            reader.duration(
                name, Duration.ofMinutes(1), Duration.ofMillis(100), Duration.ofDays(1)));
      }
    }
    Invalidations.Settings follow = Invalidations.Settings.DEFAULT;
    LoadSettings loads = LoadSettings.DEFAULT;
    return new CacheConfig(
        reader.bytes(
            "TIDELINE_CACHE_LOCAL_SIZE", ShopCaches.LOCAL_BYTES_DEFAULT, 1 << 20, 64L << 30),
        new Invalidations.Settings(
            reader.duration(
                "TIDELINE_CACHE_OUTBOX_INTERVAL",
                follow.interval(),
                Duration.ofMillis(10),
                Duration.ofSeconds(10)),
            reader.duration(
                "TIDELINE_CACHE_CATCH_UP_WAIT",
                follow.catchUpWait(),
                Duration.ZERO,
                Duration.ofSeconds(5)),
            reader.duration(
                "TIDELINE_DB_MAX_REPLICA_LAG",
                follow.silenceMax(),
                Duration.ofMillis(1),
                Duration.ofDays(1))),
        new LoadSettings(
            reader.duration(
                "TIDELINE_CACHE_SOFT_TIMEOUT",
                loads.softTimeout(),
                Duration.ZERO,
                Duration.ofSeconds(30)),
            reader.duration(
                "TIDELINE_CACHE_HARD_TIMEOUT",
                loads.hardTimeout(),
                Duration.ofMillis(100),
                Duration.ofMinutes(2)),
            reader.integer("TIDELINE_CACHE_LOADS_MAX", loads.loadsMax(), 1, 10_000)),
        reader.duration("TIDELINE_CACHE_STALE_FOR", STALE_FOR, Duration.ZERO, Duration.ofDays(1)),
        reader.duration(
            "TIDELINE_CACHE_WARM_AT_START", WARM_AT_START, Duration.ZERO, Duration.ofMinutes(5)),
        reader.duration("TIDELINE_CACHE_WARM_EVERY", WARM_EVERY, Duration.ZERO, Duration.ofDays(1)),
        ttls);
  }

  /** A cache's settings as they are with these. */
  public CacheSettings adjusted(CacheSettings settings) {
    Duration ttl =
        ttls.entrySet().stream()
            .filter(entry -> entry.getKey().label().equals(settings.name()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(settings.ttl());
    return settings.times(ttl, staleFor);
  }
}
