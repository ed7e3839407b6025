package dev.tideline.scaling.policy;

import java.util.OptionalDouble;

/**
 * Estimates the capacity of one instance from observed load: requests per second divided by CPU
 * utilization, smoothed over the readings with enough load. Not thread-safe.
 */
final class CapacityEstimate {

  /** Below this utilization, most CPU time is not spent on requests. */
  private static final double CPU_MIN = 0.2;

  /** Weight of a new reading. The weight of old readings halves every 69 readings. */
  private static final double WEIGHT = 0.01;

  private double perCpu = Double.NaN;

  void observe(Reading reading) {
    if (reading.cpu().isEmpty()
        || reading.requestRate().isEmpty()
        || reading.serving() == 0
        || reading.cpu().getAsDouble() < CPU_MIN) {
      return;
    }
    double now =
        reading.requestRate().getAsDouble() / reading.serving() / reading.cpu().getAsDouble();
    perCpu = Double.isNaN(perCpu) ? now : perCpu + WEIGHT * (now - perCpu);
  }

  /** Requests per second at 100 % CPU; empty until there was a usable reading. */
  OptionalDouble perInstance() {
    return Double.isNaN(perCpu) || perCpu <= 0 ? OptionalDouble.empty() : OptionalDouble.of(perCpu);
  }
}
