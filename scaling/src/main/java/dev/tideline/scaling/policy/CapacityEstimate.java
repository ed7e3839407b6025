package dev.tideline.scaling.policy;

import java.util.OptionalDouble;

/**
 * What one instance can take, learnt from what it takes: requests a second for each part of CPU
 * used, smoothed over the readings in which there was something to see. Not thread-safe.
 */
final class CapacityEstimate {

  /** Below this the CPU is busy with other things than requests. */
  private static final double CPU_MIN = 0.2;

  /** Of a new reading; half of what is known is forgotten after 69 of them. */
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

  /** Requests a second with all of the CPU; empty until something was seen. */
  OptionalDouble perInstance() {
    return Double.isNaN(perCpu) || perCpu <= 0 ? OptionalDouble.empty() : OptionalDouble.of(perCpu);
  }
}
