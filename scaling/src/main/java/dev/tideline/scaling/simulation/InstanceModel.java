package dev.tideline.scaling.simulation;

import java.time.Duration;

/**
 * A model of one instance. It shares its CPU among its requests (an M/G/1 queue with processor
 * sharing). At utilization r the mean latency is s / (1 - r) for any distribution of the work
 * (Kleinrock, Queueing Systems II, 4.4). Latencies are assumed to be exponentially distributed, so
 * their 95th percentile is ln 20 times the mean. Requests above capacity wait, up to a limit;
 * requests above the limit are dropped.
 *
 * @param capacity requests per second that use all of the CPU
 * @param service latency of a request on an idle instance
 * @param start time from the decision until the instance takes requests
 * @param warmUp time from then until it has its full capacity; it starts with {@link #COLD} of it
 * @param waitMax longest wait of a request; requests that would wait longer are dropped
 * @param memory memory utilization, as a fraction of what it may use
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

  /**
   * Above this utilization the formula is not realistic; the backlog determines the latency
   * instead.
   */
  private static final double UTILIZATION_MAX = 0.98;

  public InstanceModel {
    if (!(capacity > 0) || !service.isPositive() || start.isNegative() || warmUp.isNegative()) {
      throw new IllegalArgumentException(
          "capacity %s, service %s, start %s, warm-up %s"
              .formatted(capacity, service, start, warmUp));
    }
  }

  /** A typical instance with that capacity. */
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

  /** The utilization at which the 95th percentile of the latency reaches a target. */
  public double utilizationAt(Duration p95) {
    double part = LN_20 * service.toNanos() / p95.toNanos();
    if (part >= 1) {
      throw new IllegalArgumentException(
          "a p95 of %s is not achievable: an idle instance takes %s per request"
              .formatted(p95, service));
    }
    return Math.min(UTILIZATION_MAX, 1 - part);
  }

  /**
   * The share of its capacity that an instance has that long after the decision to add it, 0 to 1.
   */
  double share(double secondsOld) {
    double started = secondsOld - start.toSeconds();
    if (started < 0) {
      return 0;
    }
    double warm = warmUp.isZero() ? 1 : Math.min(1, started / warmUp.toSeconds());
    return COLD + (1 - COLD) * warm;
  }
}
