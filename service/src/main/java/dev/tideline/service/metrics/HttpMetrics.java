package dev.tideline.service.metrics;

import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/** Requests, refusals and connections. Thread-safe. */
public final class HttpMetrics {

  private static final double NANOS = 1e9;

  private final Counter requests;
  private final Histogram requestDuration;
  private final Gauge inFlight;
  private final Counter refusals;
  private final Map<String, IntSupplier> connections = new ConcurrentHashMap<>();

  HttpMetrics(PrometheusRegistry registry, double[] seconds) {
    this.requests =
        Counter.builder()
            .name("http_requests_total")
            .help("HTTP requests answered.")
            .labelNames("method", "route", "status")
            .register(registry);
    this.requestDuration =
        Histogram.builder()
            .name("http_request_duration_seconds")
            .help("Time from the request line to the last byte handed to the network.")
            .labelNames("method", "route")
            .classicUpperBounds(seconds)
            .classicOnly()
            .register(registry);
    this.inFlight =
        Gauge.builder()
            .name("http_requests_in_flight")
            .help("HTTP requests being answered now.")
            .register(registry);
    this.refusals =
        Counter.builder()
            .name("http_refusals_total")
            .help("Connections and requests refused before they were handled, by reason.")
            .labelNames("reason")
            .register(registry);
    for (Refusal reason : Refusal.values()) {
      refusals.initLabelValues(reason.label());
    }
    GaugeWithCallback.builder()
        .name("http_connections")
        .help("Open connections of clients.")
        .labelNames("port")
        .callback(
            callback -> connections.forEach((port, count) -> callback.call(count.getAsInt(), port)))
        .register(registry);
  }

  /**
   * Exports how many connections a port has.
   *
   * @param port its name
   */
  public void observeConnections(String port, IntSupplier count) {
    connections.put(port, count);
  }

  /** Counts what was refused before an answer was sought. */
  public void refused(Refusal why) {
    refusals.labelValues(why.label()).inc();
  }

  /** Counts a request as under way until {@link #requestAnswered}. */
  public GaugeDataPoint requestsInFlight() {
    return inFlight;
  }

  /**
   * Counts an answered request.
   *
   * @param route the pattern, not the path
   */
  public void requestAnswered(String method, String route, int status, Duration duration) {
    requests.labelValues(method, route, Integer.toString(status)).inc();
    requestDuration.labelValues(method, route).observe(duration.toNanos() / NANOS);
  }
}
