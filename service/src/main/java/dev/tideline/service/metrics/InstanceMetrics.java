package dev.tideline.service.metrics;

import dev.tideline.service.health.Readiness;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmCompilationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryPoolAllocationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/**
 * What one instance exports to Prometheus, by feature. Names are a contract, and no label takes a
 * value from a user. Thread-safe.
 */
public final class InstanceMetrics {

  private static final double[] SECONDS = {
    .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10
  };

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final HttpMetrics http = new HttpMetrics(registry, SECONDS);
  private final DatabaseMetrics databases = new DatabaseMetrics(registry, SECONDS);
  private final EventMetrics events = new EventMetrics(registry);
  private final SearchMetrics searches = new SearchMetrics(registry);
  private final CacheMetrics caches = new CacheMetrics(registry, SECONDS);

  public InstanceMetrics(String version) {
    Info.builder()
        .name("build_info")
        .help("The build that runs.")
        .labelNames("version")
        .register(registry)
        .setLabelValues(version);
    jvm();
  }

  /**
   * All but native memory tracking, which is off, and whose MBean loads every other of the platform
   * on a start that is in a hurry.
   */
  private void jvm() {
    JvmThreadsMetrics.builder().register(registry);
    JvmBufferPoolMetrics.builder().register(registry);
    JvmClassLoadingMetrics.builder().register(registry);
    JvmCompilationMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    JvmMemoryPoolAllocationMetrics.builder().register(registry);
    JvmMemoryMetrics.builder().register(registry);
    JvmRuntimeInfoMetric.builder().register(registry);
    ProcessMetrics.builder().register(registry);
  }

  /** Shows how warm the instance is. */
  public void observe(Readiness readiness) {
    GaugeWithCallback.builder()
        .name("instance_warmth_ratio")
        .help("Progress of the warm-up, 0 to 1.")
        .callback(callback -> callback.call(readiness.warmth()))
        .register(registry);
  }

  public PrometheusRegistry registry() {
    return registry;
  }

  public HttpMetrics http() {
    return http;
  }

  public DatabaseMetrics databases() {
    return databases;
  }

  public EventMetrics events() {
    return events;
  }

  public SearchMetrics searches() {
    return searches;
  }

  public CacheMetrics caches() {
    return caches;
  }
}
