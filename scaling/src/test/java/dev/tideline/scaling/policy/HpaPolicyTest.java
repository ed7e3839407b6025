package dev.tideline.scaling.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.scaling.policy.HpaSettings.Behavior;
import dev.tideline.scaling.policy.HpaSettings.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** SustainedTime against what Kubernetes' documentation says of the HorizontalPodAutoscaler. */
final class HpaPolicyTest {

  private static final Duration STEP = Duration.ofSeconds(15);
  private static final Behavior AT_ONCE =
      new Behavior(Duration.ZERO, List.of(new Rule.Percent(900, STEP)));
  private static final Behavior ALL_AT_ONCE =
      new Behavior(Duration.ZERO, List.of(new Rule.Percent(100, STEP)));

  private Instant now = Instant.parse("2026-11-23T10:00:00Z");

  private static HpaSettings settings(Behavior up, Behavior down) {
    return new HpaSettings(0.5, 0, 0.1, up, down, new Thresholds.Bounds(1, 200));
  }

  private static HpaPolicy policy() {
    return new HpaPolicy(settings(AT_ONCE, ALL_AT_ONCE));
  }

  private Reading reading(int instances, int serving, OptionalDouble cpu) {
    now = now.plus(STEP);
    OptionalDouble none = OptionalDouble.empty();
    return new Reading(now, instances, serving, true, cpu, none, none, none, none);
  }

  private Decision decide(HpaPolicy policy, int instances, double cpu) {
    return policy.decide(reading(instances, instances, OptionalDouble.of(cpu)));
  }

  /** "If the current metric value is 200m, and the desired value is 100m, ... doubled." */
  @Test
  void twiceTheTarget_doubles_halfOfItHalves() {
    assertThat(decide(policy(), 3, 1.0).to()).isEqualTo(6);
    assertThat(decide(policy(), 4, 0.25).to()).isEqualTo(2);
    assertThat(decide(policy(), 3, 0.25).to()).as("rounded up").isEqualTo(2);
  }

  /** "... skips any scaling action if the ratio is sufficiently close to 1.0 ... 0.1". */
  @Test
  void withinTheTolerance_holds() {
    assertThat(decide(policy(), 10, 0.549).action()).isEqualTo(Decision.Action.HOLD);
    assertThat(decide(policy(), 10, 0.451).action()).isEqualTo(Decision.Action.HOLD);
    assertThat(decide(policy(), 10, 0.56).to()).isEqualTo(12);
  }

  /** Pods that are not ready are taken to use nothing when it would add. */
  @Test
  void podsThatStart_dampenScalingUp() {
    // ready ones at 100 % alone would ask for 8; with two idle ones it is 100 % * 2 / 4 = target
    assertThat(policy().decide(reading(4, 2, OptionalDouble.of(1))).action())
        .isEqualTo(Decision.Action.HOLD);
    assertThat(policy().decide(reading(4, 3, OptionalDouble.of(1))).to()).isEqualTo(6);
  }

  @Test
  void metricMissing_holds() {
    assertThat(policy().decide(reading(4, 4, OptionalDouble.empty())).action())
        .isEqualTo(Decision.Action.HOLD);
  }

  /** Without metrics Kubernetes recommends nothing, so there is nothing for its window to keep. */
  @Test
  void scaleUp_oneBlindReadingInTwenty_isBridged() {
    HpaPolicy policy = new HpaPolicy(HpaSettings.ONE_BY_ONE);
    assertThat(decide(policy, 4, 0.7).isAction()).isFalse();
    boolean up = false;
    for (int i = 1; i <= 60; i++) {
      Decision decision =
          i % 20 == 0
              ? policy.decide(reading(4, 4, OptionalDouble.empty()))
              : decide(policy, 4, 0.95);
      up |= decision.action() == Decision.Action.SCALE_UP;
    }
    assertThat(up).isTrue();
  }

  /** Of several metrics the largest proposal counts; with one missing nothing is removed. */
  @Test
  void severalMetrics_theMostCounts() {
    HpaSettings two =
        new HpaSettings(0.5, 0.5, 0.1, AT_ONCE, ALL_AT_ONCE, new Thresholds.Bounds(1, 200));
    OptionalDouble none = OptionalDouble.empty();
    Reading both =
        new Reading(
            now, 4, 4, true, OptionalDouble.of(0.25), OptionalDouble.of(0.75), none, none, none);
    assertThat(new HpaPolicy(two).decide(both).to()).isEqualTo(6);
    Reading one = new Reading(now, 4, 4, true, OptionalDouble.of(0.25), none, none, none, none);
    assertThat(new HpaPolicy(two).decide(one).action()).isEqualTo(Decision.Action.HOLD);
  }

  /**
   * The documentation's example: at most four pods or ten percent a minute, whichever is more. From
   * 80, eight go in the first minute (10 % of 80), then ten percent of what is left, rounded up;
   * from 40 on it is four.
   */
  @Test
  void scaleDownRules_theOneThatAllowsMoreCounts() {
    Behavior slow =
        new Behavior(
            Duration.ZERO,
            List.of(
                new Rule.Pods(4, Duration.ofMinutes(1)),
                new Rule.Percent(10, Duration.ofMinutes(1))));
    HpaPolicy policy = new HpaPolicy(settings(AT_ONCE, slow));
    List<Integer> after = new ArrayList<>();
    int pods = 80;
    for (int i = 0; i < 4 * 9; i++) {
      Decision decision = decide(policy, pods, 0.05);
      if (decision.isAction()) {
        policy.acted(decision.at());
        pods = decision.to();
        after.add(pods);
      }
    }
    assertThat(after).startsWith(72, 64, 57, 51, 45, 40, 36, 32);
  }

  /** The default: all at once, but by the highest recommendation of the last five minutes. */
  @Test
  void scaleDown_waitsForItsStabilizationWindow() {
    HpaPolicy policy = new HpaPolicy(settings(AT_ONCE, HpaSettings.DEFAULT.scaleDown()));
    assertThat(decide(policy, 8, 0.5).isAction()).isFalse(); // 8 is right
    for (int i = 1; i <= 20; i++) {
      assertThat(decide(policy, 8, 0.1).isAction()).as("after %d steps", i).isFalse();
    }
    assertThat(decide(policy, 8, 0.1).to()).isEqualTo(2);
  }

  /** The default for scaling up: four pods or 100 percent in 15 s, whichever is more. */
  @Test
  void scaleUp_isLimitedByItsRules() {
    HpaPolicy policy = new HpaPolicy(settings(HpaSettings.DEFAULT.scaleUp(), ALL_AT_ONCE));
    Decision first = decide(policy, 2, 5);
    assertThat(first.to()).isEqualTo(6);
    policy.acted(first.at());
    assertThat(decide(policy, 6, 5).to()).isEqualTo(12);
  }

  @Test
  void onePodInFiveMinutes_asInTheManifest() {
    HpaPolicy policy = new HpaPolicy(HpaSettings.ONE_BY_ONE);
    int pods = 2;
    List<Instant> acted = new ArrayList<>();
    for (int i = 0; i < 4 * 16; i++) {
      Decision decision = decide(policy, pods, 1);
      if (decision.isAction()) {
        policy.acted(decision.at());
        acted.add(decision.at());
        assertThat(decision.to()).isEqualTo(pods + 1);
        pods = decision.to();
      }
    }
    assertThat(acted).hasSize(4);
    assertThat(Duration.between(acted.get(0), acted.get(1))).isEqualTo(Duration.ofMinutes(5));
  }
}
