package dev.tideline.fleet.autoscaling;

import dev.tideline.scaling.policy.Decision.Action;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The autoscaling metrics exported to Prometheus. */
public final class ScalingMetrics {

  private ScalingMetrics() {}

  /**
   * Registers the metrics that the contracts promise.
   *
   * @param running number of instances that serve requests now; empty if another source exports it
   * @param events number of times an action was carried out since the start
   */
  public static void register(
      PrometheusRegistry registry,
      Supplier<OptionalDouble> running,
      ToDoubleFunction<Action> events) {
    GaugeWithCallback.builder()
        .name("instances_running_total")
        .help("Healthy instances.")
        .callback(callback -> running.get().ifPresent(callback::call))
        .register(registry);
    CounterWithCallback.builder()
        .name("auto_scaling_events_total")
        .help("Times an instance was added or removed by the autoscaler.")
        .labelNames("action")
        .callback(callback -> {
          for (Action action : List.of(Action.SCALE_UP, Action.SCALE_DOWN)) {
            callback.call(events.applyAsDouble(action), action.label());
          }
        })
        .register(registry);
  }
}
