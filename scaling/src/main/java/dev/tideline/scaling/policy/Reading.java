package dev.tideline.scaling.policy;

import java.time.Instant;
import java.util.OptionalDouble;

/**
 * Measurements of a fleet at one time. A signal that is missing or stale is empty, never zero.
 *
 * @param instances number of instances, including those that are starting
 * @param serving number of these that serve requests and have warmed up
 * @param complete whether all serving instances were measured. If not, the measurements may justify
 *     adding an instance, but not removing one
 * @param cpu mean CPU utilization of the serving instances, as a fraction of what they may use, 0
 *     to 1
 * @param memory mean memory utilization, in the same way
 * @param requestRate requests per second of the whole fleet
 * @param p95Seconds 95th percentile of request latency, in seconds
 * @param poolWaitSeconds 95th percentile of the time that requests waited for a database
 *     connection, in seconds
 */
public record Reading(
    Instant at,
    int instances,
    int serving,
    boolean complete,
    OptionalDouble cpu,
    OptionalDouble memory,
    OptionalDouble requestRate,
    OptionalDouble p95Seconds,
    OptionalDouble poolWaitSeconds) {

  public Reading {
    if (instances < 0 || serving < 0) {
      throw new IllegalArgumentException("negative: " + instances + ", " + serving);
    }
  }

  /** A reading in which only the number of instances is known. */
  public static Reading blind(Instant at, int instances) {
    OptionalDouble none = OptionalDouble.empty();
    return new Reading(at, instances, 0, false, none, none, none, none, none);
  }
}
