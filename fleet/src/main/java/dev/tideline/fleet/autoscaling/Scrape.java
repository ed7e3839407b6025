package dev.tideline.fleet.autoscaling;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one instance told at one time.
 *
 * @param cpuSeconds used since it started
 * @param memory heap used after the last collection, in parts of what it may grow to; all that is
 *     used before there was one; not a number if it is not told
 * @param requests answered since it started, those of operators and probes not counted
 * @param latency of these, cumulative counts by upper bound in seconds
 * @param poolWait for database connections, in the same way
 */
record Scrape(
    Instant at,
    double cpuSeconds,
    double memory,
    double requests,
    NavigableMap<Double, Double> latency,
    NavigableMap<Double, Double> poolWait) {

  private static final String CPU = "process_cpu_seconds_total";
  private static final String COLLECTED = "jvm_memory_pool_collection_used_bytes";
  private static final String HEAP_USED = "jvm_memory_used_bytes";
  private static final String HEAP_MAX = "jvm_memory_max_bytes";
  private static final String REQUESTS = "http_requests_total";
  private static final String LATENCY = "http_request_duration_seconds";
  private static final String POOL_WAIT = "db_pool_wait_seconds";
  private static final Set<String> WANTED =
      Set.of(
          CPU,
          COLLECTED,
          HEAP_USED,
          HEAP_MAX,
          REQUESTS,
          LATENCY + "_bucket",
          POOL_WAIT + "_bucket");

  /** What is measured between two scrapes of one instance. */
  record Delta(
      double cpuCores,
      double memory,
      double requestRate,
      NavigableMap<Double, Double> latency,
      NavigableMap<Double, Double> poolWait) {}

  /** Reads an instance's metrics; empty if they are none. */
  static Optional<Scrape> parse(Instant at, String text) {
    PrometheusText metrics = PrometheusText.parse(text, WANTED::contains);
    if (!metrics.has(CPU)) {
      return Optional.empty();
    }
    double heap = metrics.sum(HEAP_MAX, sample -> sample.label("area").equals("heap"));
    double collected = metrics.sum(COLLECTED, sample -> true);
    double used = metrics.sum(HEAP_USED, sample -> sample.label("area").equals("heap"));
    return Optional.of(
        new Scrape(
            at,
            metrics.sum(CPU, sample -> true),
            heap > 0 ? (collected > 0 ? collected : used) / heap : Double.NaN,
            metrics.sum(REQUESTS, Scrape::isOfUsers),
            metrics.buckets(LATENCY, Scrape::isOfUsers),
            metrics.buckets(POOL_WAIT, sample -> true)));
  }

  private static boolean isOfUsers(PrometheusText.Sample sample) {
    return sample.label("route").startsWith("/v1/");
  }

  /** Since an earlier scrape; empty if the instance was started anew in between. */
  Optional<Delta> since(Scrape before) {
    double seconds = Duration.between(before.at, at).toNanos() / 1e9;
    if (seconds <= 0 || cpuSeconds < before.cpuSeconds || requests < before.requests) {
      return Optional.empty();
    }
    return Optional.of(
        new Delta(
            (cpuSeconds - before.cpuSeconds) / seconds,
            memory,
            (requests - before.requests) / seconds,
            minus(latency, before.latency),
            minus(poolWait, before.poolWait)));
  }

  private static NavigableMap<Double, Double> minus(
      Map<Double, Double> now, Map<Double, Double> before) {
    TreeMap<Double, Double> grown = new TreeMap<>();
    now.forEach((bound, count) -> grown.put(bound, count - before.getOrDefault(bound, 0.0)));
    return grown;
  }

  /**
   * A quantile of a histogram, by interpolation within the bucket, as Prometheus' {@code
   * histogram_quantile} does it; empty without an observation.
   */
  static OptionalDouble quantile(NavigableMap<Double, Double> buckets, double part) {
    double all = buckets.isEmpty() ? 0 : buckets.lastEntry().getValue();
    if (all <= 0) {
      return OptionalDouble.empty();
    }
    double wanted = part * all;
    double below = 0;
    double lower = 0;
    for (Map.Entry<Double, Double> bucket : buckets.entrySet()) {
      if (bucket.getValue() >= wanted) {
        double inside = bucket.getValue() - below;
        return OptionalDouble.of(
            bucket.getKey().isInfinite() || inside <= 0
                ? lower
                : lower + (bucket.getKey() - lower) * (wanted - below) / inside);
      }
      below = bucket.getValue();
      lower = bucket.getKey();
    }
    return OptionalDouble.of(lower);
  }
}
