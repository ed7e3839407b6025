package dev.tideline.fleet.instance;

/**
 * Counts an instance's health checks: so many failures in a row take it out, one success brings it
 * back, and one that is out and does not recover is lost. Not thread-safe.
 */
final class HealthTracker {

  /** What a health check found. */
  enum Check {
    WELL,
    /** It answered, but not that it is well. */
    UNWELL,
    /** It did not answer in time. */
    SILENT
  }

  private final int threshold;
  private int failures;
  private int silences;
  private InstanceState state = InstanceState.STARTING;

  /** Takes an instance out at this many failures in a row. */
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

  /** Whether its process has not answered any of the checks that took the instance out. */
  boolean isSilent() {
    return state == InstanceState.UNHEALTHY && silences >= threshold;
  }

  /**
   * Whether it answers, but has been unwell for twice the checks that take one out. Where the
   * others are well, that is its own fault.
   */
  boolean isUnwellForLong() {
    return state == InstanceState.UNHEALTHY && failures >= 2 * threshold;
  }

  /** The process is a new one. */
  InstanceState restarted() {
    failures = 0;
    silences = 0;
    state = InstanceState.STARTING;
    return state;
  }
}
