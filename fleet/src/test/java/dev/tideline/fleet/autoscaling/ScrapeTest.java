package dev.tideline.fleet.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ScrapeTest {

  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  private static String metrics(double cpu, int fast, int slow, int probes) {
    return """
    # HELP process_cpu_seconds_total Total user and system CPU time spent in seconds.
    # TYPE process_cpu_seconds_total counter
    process_cpu_seconds_total %s
    jvm_memory_max_bytes{area="heap"} 1000.0
    jvm_memory_max_bytes{area="nonheap"} -1.0
    jvm_memory_pool_collection_used_bytes{pool="Tenured Gen"} 300.0
    jvm_memory_pool_collection_used_bytes{pool="Survivor Space"} 100.0
    http_requests_total{method="GET",route="/v1/search",status="200"} %d
    http_requests_total{method="GET",route="/health",status="200"} %d
    http_request_duration_seconds_bucket{method="GET",route="/v1/search",le="0.1"} %d
    http_request_duration_seconds_bucket{method="GET",route="/v1/search",le="0.5"} %d
    http_request_duration_seconds_bucket{method="GET",route="/v1/search",le="+Inf"} %d
    http_request_duration_seconds_bucket{method="GET",route="/health",le="+Inf"} %d
    db_pool_wait_seconds_bucket{pool="primary",le="0.01"} %d
    db_pool_wait_seconds_bucket{pool="primary",le="+Inf"} %d
    something_else{a="x \\" } y"} NaN
    not a line at all
    """
        .formatted(
            cpu, fast + slow, probes, fast, fast + slow, fast + slow, probes, fast, fast + slow);
  }

  private static Scrape scrape(int seconds, String text) {
    return Scrape.parse(NOON.plusSeconds(seconds), text).orElseThrow();
  }

  @Test
  void betweenTwoScrapes_ratesAndQuantilesOfUsersRequests() {
    Scrape before = scrape(0, metrics(10, 100, 0, 5));
    Scrape.Delta delta = scrape(10, metrics(15, 190, 10, 500)).since(before).orElseThrow();
    assertThat(delta.cpuCores()).isEqualTo(0.5);
    assertThat(delta.memory()).isEqualTo(0.4);
    assertThat(delta.requestRate()).isEqualTo(10);
    // 90 of 100 below 0.1 s, the rest up to 0.5 s: the 95th is half way between
    assertThat(Scrape.quantile(delta.latency(), 0.95).orElseThrow()).isCloseTo(0.3, within(1e-9));
    assertThat(Scrape.quantile(delta.poolWait(), 0.5).orElseThrow()).isLessThan(0.01);
  }

  @Test
  void startedAnew_orNothingBetween_isUnknown() {
    Scrape before = scrape(0, metrics(10, 100, 0, 5));
    assertThat(scrape(10, metrics(1, 5, 0, 1)).since(before)).isEmpty();
    assertThat(scrape(0, metrics(10, 100, 0, 5)).since(before)).isEmpty();
    assertThat(Scrape.parse(NOON, "<html>not metrics</html>")).isEmpty();
  }

  @Test
  void quantile_withoutRequests_isUnknown_andBeyondTheLastBoundIsTheLastBound() {
    Scrape before = scrape(0, metrics(10, 100, 0, 5));
    Scrape.Delta none = scrape(10, metrics(11, 100, 0, 9)).since(before).orElseThrow();
    assertThat(Scrape.quantile(none.latency(), 0.95)).isEmpty();
    var buckets = new TreeMap<>(Map.of(0.5, 1.0, Double.POSITIVE_INFINITY, 100.0));
    assertThat(Scrape.quantile(buckets, 0.95)).hasValue(0.5);
  }
}
