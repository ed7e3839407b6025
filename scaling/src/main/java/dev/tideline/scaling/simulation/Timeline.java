package dev.tideline.scaling.simulation;

import java.time.Instant;
import java.util.List;

/**
 * What came of a policy.
 *
 * @param minutesAboveTarget with a p95 above the target, in quarters
 * @param droppedRequests that would have waited too long
 * @param costUsd of the instance hours
 */
public record Timeline(
    List<Minute> minutes,
    double instanceHours,
    double minutesAboveTarget,
    long droppedRequests,
    int scaleUps,
    int scaleDowns,
    int maxInstances,
    double costUsd) {

  /**
   * A minute of it.
   *
   * @param rate requests a second
   * @param instances at its end
   * @param p95Seconds the worst of its quarters
   * @param change how many more instances than a minute before
   */
  public record Minute(Instant at, double rate, int instances, double p95Seconds, int change) {}
}
