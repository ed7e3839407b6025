package dev.tideline.service.metrics;

import dev.tideline.cache.CacheListener;
import dev.tideline.cache.Cached.Source;
import dev.tideline.cache.Caches;
import dev.tideline.cache.Tier;
import dev.tideline.cache.TieredCache;
import dev.tideline.cache.Verdict;
import dev.tideline.cache.edge.EdgePurger;
import dev.tideline.engine.caching.ShopCache;
import dev.tideline.engine.caching.WatchedTable;
import dev.tideline.engine.outbox.Outbox;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The metrics of an instance's caches. Thread-safe. */
public final class CacheMetrics implements CacheListener {

  /** The tier of results by statement, which lies in process and in Redis both. */
  private static final String QUERY_TIER = "query";

  private static final List<String> RESULTS = List.of("hit", "miss", "stale", "error");

  /** The reasons that the triggers of the outbox write, and those of administrators. */
  private static final Set<String> REASONS =
      Stream.concat(WatchedTable.reasons().stream(), Stream.of(Outbox.MANUAL))
          .collect(Collectors.toUnmodifiableSet());

  private static final double NANOS = 1e9;

  private final Counter requests;
  private final Histogram loads;
  private final Counter invalidations;
  private final Histogram lag;
  private final Counter warmed;
  private final Counter warmedHits;
  private final Counter rejected;
  private final Counter purges;
  private final PrometheusRegistry registry;
  private final Map<String, HitRate> rates =
      Map.of(
          Tier.LOCAL.label(),
          new HitRate(),
          Tier.REDIS.label(),
          new HitRate(),
          QUERY_TIER,
          new HitRate());

  CacheMetrics(PrometheusRegistry registry, double[] seconds) {
    this.registry = registry;
    this.requests =
        Counter.builder()
            .name("cache_requests_total")
            .help(
                "Look-ups of a tier; stale: an entry was found and could not be served,"
                    + " or was served on purpose.")
            .labelNames("cache_tier", "cache", "result")
            .register(registry);
    this.loads =
        Histogram.builder()
            .name("cache_load_duration_seconds")
            .help("Time to load what was not cached.")
            .labelNames("cache")
            .classicUpperBounds(seconds)
            .classicOnly()
            .register(registry);
    this.invalidations =
        Counter.builder()
            .name("cache_invalidations_total")
            .help("Invalidations received.")
            .labelNames("reason")
            .register(registry);
    this.lag =
        Histogram.builder()
            .name("cache_invalidation_lag_seconds")
            .help("Time from a write until the instance knew of it.")
            .classicUpperBounds(seconds)
            .classicOnly()
            .register(registry);
    this.warmed =
        Counter.builder()
            .name("cache_warmed_entries_total")
            .help("Entries that were loaded before the first request for them.")
            .register(registry);
    this.warmedHits =
        Counter.builder()
            .name("cache_warmed_hits_total")
            .help("Hits in process of entries that were loaded before the first request for them.")
            .register(registry);
    this.rejected =
        Counter.builder()
            .name("cache_joins_rejected_total")
            .help("Requests that waited for another's load and could not use its result.")
            .register(registry);
    this.purges =
        Counter.builder()
            .name("cache_edge_purges_total")
            .help("Keys purged from an edge, keys given up, and calls that failed.")
            .labelNames("edge", "result")
            .register(registry);
    REASONS.forEach(invalidations::initLabelValues);
  }

  /** Exports the state of some caches from now on. */
  public void observe(Caches caches) {
    for (TieredCache<?> cache : caches.all()) {
      String name = cache.settings().name();
      for (String tier : tiers(name)) {
        RESULTS.forEach(result -> requests.initLabelValues(tier, name, result));
      }
      loads.initLabelValues(name);
    }
    GaugeWithCallback.builder()
        .name("cache_hit_rate_by_tier")
        .help("Hit rate of a tier over the last five minutes, 0 to 1.")
        .labelNames("cache_tier")
        .callback(callback ->
            rates.forEach((tier, rate) -> rate.now().ifPresent(now -> callback.call(now, tier))))
        .register(registry);
    GaugeWithCallback.builder()
        .name("cache_circuit_breaker_state")
        .help("0 closed, 1 half open, 2 open: while it is open the tier is not asked.")
        .labelNames("cache_tier")
        .callback(callback ->
            caches
                .redisState()
                .ifPresent(state -> {
                  double value =
                      switch (state) {
                        case CLOSED, DISABLED, METRICS_ONLY -> 0;
                        case HALF_OPEN -> 1;
                        case OPEN, FORCED_OPEN -> 2;
                      };
                  callback.call(value, Tier.REDIS.label());
                }))
        .register(registry);
    GaugeWithCallback.builder()
        .name("cache_local_bytes")
        .help("Bytes that the tier in process uses, by cache.")
        .labelNames("cache")
        .callback(callback ->
            caches
                .all()
                .forEach(cache ->
                    callback.call((double) cache.stats().bytes(), cache.settings().name())))
        .register(registry);
  }

  private static List<String> tiers(String cache) {
    return cache.equals(ShopCache.QUERY.label())
        ? List.of(Tier.LOCAL.label(), Tier.REDIS.label(), QUERY_TIER)
        : List.of(Tier.LOCAL.label(), Tier.REDIS.label());
  }

  /** What becomes of keys that an edge is to forget. */
  public EdgePurger.Listener edge(String name) {
    for (String result : List.of("purged", "failed", "given_up")) {
      purges.initLabelValues(name, result);
    }
    return new EdgePurger.Listener() {
      @Override
      public void purged(int keys) {
        purges.labelValues(name, "purged").inc(keys);
      }

      @Override
      public void failed() {
        purges.labelValues(name, "failed").inc();
      }

      @Override
      public void givenUp(int keys) {
        purges.labelValues(name, "given_up").inc(keys);
      }
    };
  }

  @Override
  public void asked(Tier tier, String cache, Verdict verdict) {
    count(tier.label(), cache, result(verdict));
  }

  private void count(String tier, String cache, String result) {
    requests.labelValues(tier, cache, result).inc();
    HitRate rate = rates.get(tier);
    if (rate != null) {
      rate.count(result.equals("hit"));
    }
  }

  private static String result(Verdict verdict) {
    return switch (verdict) {
      case HIT, HIT_BY_STAMP, HIT_BY_HORIZON -> "hit";
      case MISSING -> "miss";
      case SERVED_STALE,
          EXPIRED,
          STALE,
          CLOSED,
          BELOW_FLOOR,
          OTHER_EPOCH,
          BEHIND,
          BEYOND_KNOWN,
          UNSURE ->
          "stale";
      case AWAY, MALFORMED -> "error";
    };
  }

  @Override
  public void answered(String cache, Source source) {
    if (cache.equals(ShopCache.QUERY.label())) {
      String result =
          switch (source) {
            case LOCAL, REDIS -> "hit";
            case SHARED, LOADED -> "miss";
            case STALE -> "stale";
          };
      count(QUERY_TIER, cache, result);
    }
  }

  @Override
  public void loaded(String cache, Duration duration) {
    loads.labelValues(cache).observe(duration.toNanos() / NANOS);
  }

  @Override
  public void invalidated(String reason, Duration since) {
    invalidations.labelValues(REASONS.contains(reason) ? reason : "other").inc();
    lag.observe(since.toNanos() / NANOS);
  }

  @Override
  public void warmed(String cache) {
    warmed.inc();
  }

  @Override
  public void warmedHit(String cache) {
    warmedHits.inc();
  }

  @Override
  public void joinRejected(String cache) {
    rejected.inc();
  }
}
