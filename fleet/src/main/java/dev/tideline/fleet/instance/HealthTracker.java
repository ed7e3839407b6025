package dev.tideline.fleet.instance;

/**
 * Tracks the health checks of an instance. It becomes unhealthy after a number of consecutive
 * failures and healthy again after one success. Also tells whether an unhealthy instance should be
 * restarted. Not thread-safe.
 */
final class HealthTracker {

  /** The result of a health check. */
  enum Check {
    WELL,
    /** It answered with a failure. */
    UNWELL,
    /** It did not answer in time. */
    SILENT
  }

  private final int threshold;
  private int failures;
  private int silences;
  private InstanceState state = InstanceState.STARTING;

  /** Marks an instance unhealthy after this many consecutive failures. */
  HealthTracker(int unhealthyThreshold) {
    this.threshold = unhealthyThreshold;
  }

  InstanceState record(Check check) {
    failures = check == Check.WELL ? 0 : failures + 1;
    silences = check == Check.SILENT ? silences + 1 : 0;
    if (check == Check.WELL) {
      state = InstanceState.HEALTHY;
    } else if (state == InstanceState.HEALTHY && failures >= threshold) {
      state = InstanceState.UNHEALTHY;
    }
    return state;
  }

  /** Whether the instance is unhealthy and has not answered any of its last checks. */
  boolean isSilent() {
    return state == InstanceState.UNHEALTHY && silences >= threshold;
  }

  /**
   * Whether the instance has failed twice as many checks as make it unhealthy. If other instances
   * are healthy, the fault is in this one.
   */
  boolean isUnwellForLong() {
    return state == InstanceState.UNHEALTHY && failures >= 2 * threshold;
  }

  /** Called when the process has been restarted. */
  InstanceState restarted() {
    failures = 0;
    silences = 0;
    state = InstanceState.STARTING;
    return state;
  }
}
