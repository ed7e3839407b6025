package dev.tideline.scaling.simulation;

import java.time.Duration;

/**
 * How an instance is thought to behave. It shares its CPU among the requests it has (an M/G/1 queue
 * with processor sharing): with a utilisation r the mean latency is s / (1 - r), whatever the
 * distribution of the work (Kleinrock, Queueing Systems II, 4.4), and latencies are taken to be
 * exponential about it, so their 95th percentile is ln 20 times that. What exceeds capacity waits,
 * up to a bound; what exceeds the bound is dropped.
 *
 * @param capacity requests a second that use all of its CPU
 * @param service latency with nothing else to do
 * @param start from the decision until it takes requests
 * @param warmUp from then until it has its full capacity; it begins with {@link #COLD} of it
 * @param waitMax requests that would wait longer are dropped
 * @param memory that it uses, in parts of what it may use
 */
public record InstanceModel(
    double capacity,
    Duration service,
    Duration start,
    Duration warmUp,
    Duration waitMax,
    double memory) {

  static final double COLD = 0.5;
  private static final double LN_20 = Math.log(20);

  /** Beyond this the formula says more about itself than about instances; the backlog counts. */
  private static final double UTILIZATION_MAX = 0.98;

  public InstanceModel {
    if (!(capacity > 0) || !service.isPositive() || start.isNegative() || warmUp.isNegative()) {
      throw new IllegalArgumentException(
          "capacity %s, service %s, start %s, warm-up %s"
              .formatted(capacity, service, start, warmUp));
    }
  }

  /** The usual instance of that capacity. */
  public static InstanceModel of(double capacity) {
    return new InstanceModel(
        capacity,
        Duration.ofMillis(20),
        Duration.ofSeconds(15),
        Duration.ofSeconds(30),
        Duration.ofSeconds(5),
        0.4);
  }

  /** 95th percentile of the latency, in seconds. */
  double p95(double utilization) {
    return LN_20 * service.toNanos() / 1e9 / (1 - Math.min(utilization, UTILIZATION_MAX));
  }

  /** The utilisation at which the 95th percentile reaches a target. */
  public double utilizationAt(Duration p95) {
    double part = LN_20 * service.toNanos() / p95.toNanos();
    if (part >= 1) {
      throw new IllegalArgumentException(
          "a p95 of %s cannot be had where an idle instance takes %s".formatted(p95, service));
    }
    return Math.min(UTILIZATION_MAX, 1 - part);
  }

  /** What it has of its capacity, so long after the decision to have it. */
  double share(double secondsOld) {
    double started = secondsOld - start.toSeconds();
    if (started < 0) {
      return 0;
    }
    double warm = warmUp.isZero() ? 1 : Math.min(1, started / warmUp.toSeconds());
    return COLD + (1 - COLD) * warm;
  }
}
