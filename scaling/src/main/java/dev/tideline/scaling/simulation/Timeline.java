package dev.tideline.scaling.simulation;

import java.time.Instant;
import java.util.List;

/**
 * The outcome of a simulated policy.
 *
 * @param minutesAboveTarget minutes with a p95 above the target, in steps of a quarter
 * @param droppedRequests requests that would have waited too long
 * @param costUsd cost of the instance hours
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
   * One minute of the simulation.
   *
   * @param rate requests per second
   * @param instances number of instances at its end
   * @param p95Seconds p95 latency, the highest of its four steps
   * @param change change in the number of instances since the minute before
   */
  public record Minute(Instant at, double rate, int instances, double p95Seconds, int change) {}
}
