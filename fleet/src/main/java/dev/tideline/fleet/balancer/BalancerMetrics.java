package dev.tideline.fleet.balancer;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.Supplier;

/** What the built-in balancer tells Prometheus. Thread-safe. */
final class BalancerMetrics {

  private static final int CLASSES = 5;

  private final Counter requests;
  private final Counter retries;
  private final Counter failedTries;
  private final Counter ejections;
  private final Counter refusals;
  private final Counter unlogged;
  private final Gauge connections;

  /** Registers all; label values that are known exist at 0 from the start. */
  BalancerMetrics(PrometheusRegistry registry, Supplier<List<Member>> members) {
    requests = counter(registry, "balancer_requests_total", "Requests answered.", "code");
    retries = counter(registry, "balancer_retries_total", "Requests sent to one more instance.");
    failedTries =
        counter(
            registry,
            "balancer_failed_tries_total",
            "Requests that an instance refused, broke off or did not answer.");
    ejections =
        counter(
            registry,
            "balancer_ejections_total",
            "Times that an instance was passed over for failing again and again.");
    refusals =
        counter(
            registry,
            "balancer_refusals_total",
            "Requests and connections that the balancer refused itself.",
            "reason");
    unlogged =
        counter(
            registry,
            "balancer_access_log_dropped_total",
            "Lines that the access log had no room for.");
    connections =
        Gauge.builder()
            .name("balancer_connections")
            .help("Open connections of clients.")
            .register(registry);
    GaugeWithCallback.builder()
        .name("balancer_requests_in_flight")
        .help("Requests that an instance has not answered yet.")
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
