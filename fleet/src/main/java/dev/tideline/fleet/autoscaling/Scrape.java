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
 * The metrics of one instance at one time.
 *
 * @param cpuSeconds CPU seconds used since the instance started
 * @param memory heap used after the last garbage collection, or currently used before the first
 *     one, as a fraction of the maximum heap; NaN if not available
 * @param requests number of requests answered since it started, not counting those of operators and
 *     probes
 * @param latency latency histogram of these requests: cumulative counts by upper bound in seconds
 * @param poolWait histogram of the wait for database connections, in the same form
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

  /** The difference between two scrapes of one instance. */
  record Delta(
      double cpuCores,
      double memory,
      double requestRate,
      NavigableMap<Double, Double> latency,
      NavigableMap<Double, Double> poolWait) {}

  /** Parses an instance's metrics; empty if the text does not contain them. */
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

  /** The difference to an earlier scrape; empty if the instance was restarted in between. */
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
   * A quantile of a histogram, interpolated within the bucket like Prometheus' {@code
   * histogram_quantile}; empty if there are no observations.
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
