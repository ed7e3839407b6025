package dev.tideline.service.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** Searches. Thread-safe. */
public final class SearchMetrics {

  private final Counter zeroResults;

  SearchMetrics(PrometheusRegistry registry) {
    this.zeroResults =
        Counter.builder()
            .name("search_zero_results_total")
            .help("Searches that found nothing.")
            .register(registry);
  }

  public void nothingFound() {
    zeroResults.inc();
  }
}
