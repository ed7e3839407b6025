package dev.tideline.scaling.policy;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * All settings of the threshold policy.
 *
 * @param up an instance is added when any signal exceeds its limit for the hold time
 * @param down an instance is removed when all signals are below their limits for the hold time
 * @param cooldown minimum time between two actions
 * @param staleAfter after a longer gap in a signal, its hold time starts over
 * @param capacity requests per second that one instance can handle; empty to estimate it
 * @param bottleneck when to conclude that the database, not the instances, limits throughput
 */
public record Thresholds(
    Limits up,
    Limits down,
    Duration cooldown,
    Bounds bounds,
    Duration staleAfter,
    OptionalDouble capacity,
    Bottleneck bottleneck) {

  /**
   * A limit for each signal, and the hold time.
   *
   * @param cpu CPU utilization, as a fraction of what instances may use, 0 to 1
   * @param memory memory utilization, in the same way
   * @param rate request rate, as a fraction of capacity, 0 to 1
   * @param p95 95th percentile of request latency
   */
  public record Limits(double cpu, double memory, double rate, Duration p95, Duration hold) {

    public Limits {
      if (!(cpu > 0 && memory > 0 && rate > 0) || !p95.isPositive() || hold.isNegative()) {
        throw new IllegalArgumentException(
            "limits must be positive: cpu %s, memory %s, rate %s, p95 %s, for %s"
                .formatted(cpu, memory, rate, p95, hold));
      }
    }

    double of(Signal signal) {
      return switch (signal) {
        case CPU -> cpu;
        case MEMORY -> memory;
        case REQUEST_RATE -> rate;
        case LATENCY -> p95.toNanos() / 1e9;
      };
    }
  }

  /** Minimum and maximum number of instances. */
  public record Bounds(int min, int max) {

    public Bounds {
      if (min < 1 || max < min) {
        throw new IllegalArgumentException(
            "the minimum number of instances must be 1 or more and not above the maximum: minimum "
                + min
                + ", maximum "
                + max);
      }
    }
  }

  /**
   * The database is the bottleneck if both conditions hold. More instances would not help then.
   *
   * @param poolWait the 95th percentile of the wait for a connection is longer than this
   * @param idleCpu the CPU utilization of the instances is lower than this, 0 to 1
   */
  public record Bottleneck(Duration poolWait, double idleCpu) {}

  /** The values of the plan. */
  public static final Thresholds DEFAULT =
      new Thresholds(
          new Limits(0.70, 0.80, 0.80, Duration.ofMillis(300), Duration.ofMinutes(5)),
          new Limits(0.30, 0.50, 0.40, Duration.ofMillis(100), Duration.ofMinutes(10)),
          Duration.ofMinutes(5),
          new Bounds(2, 10),
          Duration.ofSeconds(60),
          OptionalDouble.empty(),
          new Bottleneck(Duration.ofMillis(100), 0.50));

  public Thresholds {
    if (cooldown.isNegative() || !staleAfter.isPositive()) {
      throw new IllegalArgumentException("cooldown " + cooldown + ", staleAfter " + staleAfter);
    }
    if (capacity.isPresent()
        && !(capacity.getAsDouble() > 0 && Double.isFinite(capacity.getAsDouble()))) {
      throw new IllegalArgumentException(
          "the capacity of an instance must be positive, not " + capacity.getAsDouble());
    }
    for (Signal signal : Signal.values()) {
      if (down.of(signal) >= up.of(signal)) {
        throw new IllegalArgumentException(
            "%s: the limit for fewer instances, %s, must be below the one for more, %s"
                .formatted(
                    signal.title(), signal.show(down.of(signal)), signal.show(up.of(signal))));
      }
    }
  }

  public Thresholds withLimits(Limits newUp, Limits newDown) {
    return new Thresholds(newUp, newDown, cooldown, bounds, staleAfter, capacity, bottleneck);
  }

  public Thresholds withBounds(Bounds newBounds) {
    return new Thresholds(up, down, cooldown, newBounds, staleAfter, capacity, bottleneck);
  }

  public Thresholds withCapacity(double requestsPerSecond) {
    return new Thresholds(
        up, down, cooldown, bounds, staleAfter, OptionalDouble.of(requestsPerSecond), bottleneck);
  }

  public Thresholds withTimes(Duration newCooldown, Duration newStaleAfter) {
    return new Thresholds(up, down, newCooldown, bounds, newStaleAfter, capacity, bottleneck);
  }
}
