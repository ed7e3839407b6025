package dev.tideline.fleet.instance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HealthTrackerTest {

  private final HealthTracker tracker = new HealthTracker(3);

  @Test
  void record_firstSuccess_isHealthy() {
    assertThat(tracker.record(true)).isEqualTo(InstanceState.HEALTHY);
  }

  @Test
  void record_failuresWhileStarting_staysStarting() {
    for (int i = 0; i < 10; i++) {
      assertThat(tracker.record(false)).isEqualTo(InstanceState.STARTING);
    }
  }

  @Test
  void record_twoFailures_staysHealthy() {
    tracker.record(true);
    tracker.record(false);
    assertThat(tracker.record(false)).isEqualTo(InstanceState.HEALTHY);
  }

  @Test
  void record_thirdFailureInARow_isUnhealthy() {
    tracker.record(true);
    tracker.record(false);
    tracker.record(false);
    assertThat(tracker.record(false)).isEqualTo(InstanceState.UNHEALTHY);
  }

  @Test
  void record_successBetweenFailures_startsCountingAnew() {
    tracker.record(true);
    tracker.record(false);
    tracker.record(false);
    tracker.record(true);
    tracker.record(false);
    assertThat(tracker.record(false)).isEqualTo(InstanceState.HEALTHY);
  }

  @Test
  void record_oneSuccessWhenUnhealthy_isHealthyAgain() {
    tracker.record(true);
    for (int i = 0; i < 5; i++) {
      tracker.record(false);
    }
    assertThat(tracker.record(true)).isEqualTo(InstanceState.HEALTHY);
  }
}
