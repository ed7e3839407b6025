package dev.tideline.fleet.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.fleet.instance.HealthTracker.Check;
import org.junit.jupiter.api.Test;

final class HealthTrackerTest {

  private final HealthTracker tracker = new HealthTracker(3);

  @Test
  void record_firstSuccess_isHealthy() {
    assertThat(tracker.record(Check.WELL)).isEqualTo(InstanceState.HEALTHY);
  }

  @Test
  void record_failuresWhileStarting_staysStarting() {
    for (int i = 0; i < 10; i++) {
      assertThat(tracker.record(Check.UNWELL)).isEqualTo(InstanceState.STARTING);
    }
  }

  @Test
  void record_twoFailures_staysHealthy() {
    tracker.record(Check.WELL);
    tracker.record(Check.UNWELL);
    assertThat(tracker.record(Check.UNWELL)).isEqualTo(InstanceState.HEALTHY);
  }

  @Test
  void record_thirdFailureInARow_isUnhealthy() {
    tracker.record(Check.WELL);
    tracker.record(Check.UNWELL);
    tracker.record(Check.UNWELL);
    assertThat(tracker.record(Check.UNWELL)).isEqualTo(InstanceState.UNHEALTHY);
  }

  @Test
  void record_successBetweenFailures_startsCountingAnew() {
    tracker.record(Check.WELL);
    tracker.record(Check.UNWELL);
    tracker.record(Check.UNWELL);
    tracker.record(Check.WELL);
    tracker.record(Check.UNWELL);
    assertThat(tracker.record(Check.UNWELL)).isEqualTo(InstanceState.HEALTHY);
  }

  @Test
  void record_oneSuccessWhenUnhealthy_isHealthyAgain() {
    tracker.record(Check.WELL);
    for (int i = 0; i < 5; i++) {
      tracker.record(Check.UNWELL);
    }
    assertThat(tracker.record(Check.WELL)).isEqualTo(InstanceState.HEALTHY);
  }

  private void record(Check check, int times) {
    for (int i = 0; i < times; i++) {
      tracker.record(check);
    }
  }

  @Test
  void isSilent_noAnswerToTheChecksThatTookItOut() {
    tracker.record(Check.WELL);
    record(Check.SILENT, 2);
    assertThat(tracker.isSilent()).isFalse();
    tracker.record(Check.SILENT);
    assertThat(tracker.isSilent()).isTrue();
  }

  @Test
  void isSilent_answeredOnce_countsAnew() {
    tracker.record(Check.WELL);
    record(Check.SILENT, 2);
    tracker.record(Check.UNWELL);
    assertThat(tracker.record(Check.SILENT)).isEqualTo(InstanceState.UNHEALTHY);
    assertThat(tracker.isSilent()).isFalse();
    record(Check.SILENT, 2);
    assertThat(tracker.isSilent()).isTrue();
  }

  @Test
  void isUnwellForLong_twiceTheChecksThatTakeItOut() {
    tracker.record(Check.WELL);
    record(Check.UNWELL, 5);
    assertThat(tracker.isUnwellForLong()).isFalse();
    tracker.record(Check.UNWELL);
    assertThat(tracker.isUnwellForLong()).isTrue();
    assertThat(tracker.isSilent()).isFalse();
    tracker.record(Check.WELL);
    assertThat(tracker.isUnwellForLong()).isFalse();
  }

  @Test
  void restarted_whenLost_countsAnew() {
    tracker.record(Check.WELL);
    record(Check.SILENT, 6);
    assertThat(tracker.restarted()).isEqualTo(InstanceState.STARTING);
    assertThat(tracker.isSilent()).isFalse();
    assertThat(tracker.isUnwellForLong()).isFalse();
  }
}
