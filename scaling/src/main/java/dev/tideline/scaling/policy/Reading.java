package dev.tideline.scaling.policy;

import java.time.Instant;
import java.util.OptionalDouble;

/**
 * What was measured of a fleet at one time. A signal that is missing or out of date is empty, never
 * zero.
 *
 * @param instances that there are, those that start included
 * @param serving of these, the ones that take requests and have warmed up
 * @param complete whether all that serve were measured: where some were not, what was measured may
 *     show that more are needed, but not that one can be spared
 * @param cpu mean of the serving ones, in parts of what they may use: 0 to 1
 * @param memory the same of memory
 * @param requestRate requests a second, of the whole fleet
 * @param p95Seconds 95th percentile of the latency of requests
 * @param poolWaitSeconds how long requests waited for a database connection, 95th percentile
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

  /** Nothing is known but how many there are. */
  public static Reading blind(Instant at, int instances) {
    OptionalDouble none = OptionalDouble.empty();
    return new Reading(at, instances, 0, false, none, none, none, none, none);
  }
}
