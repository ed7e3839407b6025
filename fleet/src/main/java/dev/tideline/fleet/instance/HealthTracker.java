package dev.tideline.fleet.instance;

/**
 * Counts an instance's health checks: so many failures in a row take it out, one success brings it
 * back. Not thread-safe.
 */
final class HealthTracker {

  private final int failuresAllowed;
  private int failures;
  private InstanceState state = InstanceState.STARTING;

  /** Takes an instance out at this many failures in a row. */
  HealthTracker(int unhealthyThreshold) {
    this.failuresAllowed = unhealthyThreshold - 1;
  }

  InstanceState record(boolean success) {
    failures = success ? 0 : failures + 1;
    if (success) {
      state = InstanceState.HEALTHY;
    } else if (state == InstanceState.HEALTHY && failures > failuresAllowed) {
      state = InstanceState.UNHEALTHY;
    }
    return state;
  }

  /** The process is a new one. */
  InstanceState restarted() {
    failures = 0;
    state = InstanceState.STARTING;
    return state;
  }
}
