package dev.tideline.fleet.balancer;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.Supplier;

/** The Prometheus metrics of the built-in balancer. Thread-safe. */
final class BalancerMetrics {

  private static final int CLASSES = 5;

  private final Counter requests;
  private final Counter retries;
  private final Counter failedTries;
  private final Counter ejections;
  private final Counter refusals;
  private final Counter unlogged;
  private final Gauge connections;

  /** Registers all metrics. Series with known label values start at 0. */
  BalancerMetrics(PrometheusRegistry registry, Supplier<List<BackendState>> members) {
    requests = counter(registry, "balancer_requests_total", "Requests answered.", "code");
    retries = counter(registry, "balancer_retries_total", "Requests retried on another instance.");
    failedTries =
        counter(
            registry,
            "balancer_failed_tries_total",
            "Attempts in which an instance refused, aborted or did not answer a request.");
    ejections =
        counter(
            registry,
            "balancer_ejections_total",
            "Times that an instance was ejected for repeated failures or a timeout.");
    refusals =
        counter(
            registry,
            "balancer_refusals_total",
            "Requests and connections that the balancer itself refused.",
            "reason");
    unlogged =
        counter(
            registry,
            "balancer_access_log_dropped_total",
            "Access log lines dropped: the queue was full or the write failed.");
    connections =
        Gauge.builder()
            .name("balancer_connections")
            .help("Open client connections.")
            .register(registry);
    GaugeWithCallback.builder()
        .name("balancer_requests_in_flight")
        .help("Requests in flight at an instance.")
        .labelNames("instance")
        .callback(callback ->
            members.get().forEach(one -> callback.call(one.inFlight(), one.backend().name())))
        .register(registry);
    for (int i = 1; i <= CLASSES; i++) {
      requests.initLabelValues(i + "xx");
    }
    for (Refusal refusal : Refusal.values()) {
      refusals.initLabelValues(refusal.label());
    }
  }

  private static Counter counter(
      PrometheusRegistry registry, String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  void answered(int status) {
    requests.labelValues(status / 100 + "xx").inc();
  }

  void retried() {
    retries.inc();
  }

  void tryFailed() {
    failedTries.inc();
  }

  void ejected() {
    ejections.inc();
  }

  void refused(Refusal refusal) {
    refusals.labelValues(refusal.label()).inc();
  }

  void lineDropped() {
    unlogged.inc();
  }

  Gauge connections() {
    return connections;
  }
}
