package dev.tideline.scaling.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tideline.scaling.policy.Decision.Action;
import dev.tideline.scaling.policy.Thresholds.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ThresholdPolicyTest {

  private static final Duration FIVE = Duration.ofMinutes(5);
  private static final Duration TEN = Duration.ofMinutes(10);

  private final Thresholds plan = Thresholds.DEFAULT.withCapacity(Readings.CAPACITY);
  private final ThresholdPolicy policy = new ThresholdPolicy(plan);
  private final Readings readings = new Readings();

  /** The plan's lines, each just at its limit, just above, just before its time and at it. */
  @ParameterizedTest
  @CsvSource({
    "CPU, 0.70, 0.701",
    "MEMORY, 0.80, 0.801",
    "REQUEST_RATE, 0.80, 0.801",
    "LATENCY, 0.300, 0.301"
  })
  void up_oneSignalAboveItsLimitForFiveMinutes(Signal signal, double at, double above) {
    readings.set(signal, at);
    assertThat(readings.pass(policy, TEN).action()).as("at its limit").isEqualTo(Action.HOLD);
    readings.set(signal, above);
    policy.decide(readings.next()); // from here on
    assertThat(readings.pass(policy, FIVE.minus(Readings.STEP)).action())
        .as("just before its time")
        .isEqualTo(Action.HOLD);
    Decision decision = policy.decide(readings.next());
    assertThat(decision.action()).isEqualTo(Action.SCALE_UP);
    assertThat(decision.to()).isEqualTo(5);
    assertThat(decision.reasons()).singleElement().asString().contains(signal.title(), "5 min");
  }

  @Test
  void down_allBelowTheirLimitsForTenMinutes() {
    readings.idle();
    policy.decide(readings.next());
    assertThat(readings.pass(policy, TEN.minus(Readings.STEP)).action()).isEqualTo(Action.HOLD);
    Decision decision = policy.decide(readings.next());
    assertThat(decision.action()).isEqualTo(Action.SCALE_DOWN);
    assertThat(decision.to()).isEqualTo(3);
    assertThat(decision.reasons()).hasSize(4);
  }

  /** Of four two are unhealthy: the two that serve are the minimum. */
  @Test
  void down_notWhereOnlyTheMinimumServes() {
    readings.idle().serving = plan.bounds().min();
    assertThat(readings.pass(policy, TEN.multipliedBy(3)).action()).isEqualTo(Action.HOLD);
    readings.serving = plan.bounds().min() + 1;
    assertThat(policy.decide(readings.next()).action()).isEqualTo(Action.SCALE_DOWN);
  }

  @ParameterizedTest
  @CsvSource({"CPU, 0.30", "MEMORY, 0.50", "REQUEST_RATE, 0.40", "LATENCY, 0.100"})
  void down_notWithOneAtItsLimit(Signal signal, double at) {
    readings.idle().set(signal, at);
    assertThat(readings.pass(policy, TEN.multipliedBy(3)).action()).isEqualTo(Action.HOLD);
  }

  @ParameterizedTest
  @EnumSource(Signal.class)
  void down_notWithOneMissing(Signal signal) {
    readings.idle().set(signal, Double.NaN);
    assertThat(readings.pass(policy, TEN.multipliedBy(3)).action()).isEqualTo(Action.HOLD);
  }

  @Test
  void notAllMeasured_removesNothing_butAdds() {
    readings.complete = false;
    readings.idle();
    assertThat(readings.pass(policy, TEN.multipliedBy(2)).action()).isEqualTo(Action.HOLD);
    readings.set(Signal.CPU, 0.9);
    readings.pass(policy, FIVE);
    assertThat(policy.decide(readings.next()).action()).isEqualTo(Action.SCALE_UP);
  }

  @Test
  void down_timeBeginsAnewAfterOneReadingWithoutASignal() {
    readings.idle();
    readings.pass(policy, TEN);
    readings.set(Signal.MEMORY, Double.NaN);
    policy.decide(readings.next());
    readings.idle();
    policy.decide(readings.next());
    assertThat(readings.pass(policy, TEN.minus(Readings.STEP)).action()).isEqualTo(Action.HOLD);
    assertThat(policy.decide(readings.next()).action()).isEqualTo(Action.SCALE_DOWN);
  }

  /** A quarter of an hour at 95 % with one blind reading in twenty. */
  @Test
  void up_oneBlindReadingInTwenty_isBridged() {
    readings.set(Signal.CPU, 0.95);
    boolean up = false;
    for (int i = 1; i <= 60; i++) {
      Decision decision =
          i % 20 == 0
              ? policy.decide(Reading.blind(readings.next().at(), readings.instances))
              : policy.decide(readings.next());
      up |= decision.action() == Action.SCALE_UP;
    }
    assertThat(up).isTrue();
  }

  @Test
  void up_whileBlind_decidesNothing() {
    readings.set(Signal.CPU, 0.95);
    readings.pass(policy, FIVE);
    Reading blind = Reading.blind(readings.next().at(), readings.instances);
    assertThat(policy.decide(blind).action()).isEqualTo(Action.HOLD);
    assertThat(policy.decide(readings.next()).action()).isEqualTo(Action.SCALE_UP);
  }

  /** Gaps of random length up to the limit, made of blind, missing and refused readings. */
  @Test
  void up_randomGaps_comesNoLaterThanItsTimeAndTheLongestGap() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      for (Signal signal : Signal.values()) {
        upWithGaps(signal, random, "seed %d, %s".formatted(seed, signal));
      }
    }
  }

  private void upWithGaps(Signal signal, Random random, String what) {
    ThresholdPolicy any = new ThresholdPolicy(plan);
    Readings measured = new Readings().set(signal, 0.95);
    Instant first = measured.next().at();
    measured.now = first.minus(Readings.STEP);
    assertThat(any.decide(measured.next()).action()).as(what).isEqualTo(Action.HOLD);
    Duration longest = Duration.ZERO;
    Decision decision;
    do {
      Instant seen = measured.now;
      int lost = random.nextInt((int) plan.staleAfter().dividedBy(Readings.STEP));
      for (int i = 0; i < lost; i++) {
        lose(any, measured, signal, random.nextInt(3));
      }
      decision = any.decide(measured.next());
      Duration gap = Duration.between(seen, measured.now);
      longest = gap.compareTo(longest) > 0 ? gap : longest;
    } while (!decision.isAction() && Duration.between(first, measured.now).toHours() < 1);
    assertThat(Duration.between(first, decision.at())).as(what).isBetween(FIVE, FIVE.plus(longest));
    assertThat(decision.action()).as(what).isEqualTo(Action.SCALE_UP);
  }

  private static void lose(ThresholdPolicy policy, Readings measured, Signal signal, int how) {
    Reading whole = measured.next();
    switch (how) {
      case 0 -> policy.decide(Reading.blind(whole.at(), whole.instances()));
      case 1 -> {
        measured.now = measured.now.minus(Readings.STEP);
        policy.decide(measured.set(signal, Double.NaN).next());
        measured.set(signal, 0.95);
      }
      default -> policy.missed(whole.at());
    }
  }

  /** Whatever way a reading was lost, what shows that one can be spared begins anew. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void down_anyLostReading_beginsTheTimeAnew(int how) {
    readings.idle();
    readings.pass(policy, TEN);
    lose(policy, readings, Signal.CPU, how);
    readings.idle();
    policy.decide(readings.next());
    assertThat(readings.pass(policy, TEN.minus(Readings.STEP)).action()).isEqualTo(Action.HOLD);
    assertThat(policy.decide(readings.next()).action()).isEqualTo(Action.SCALE_DOWN);
  }

  @Test
  void gapBetweenReadings_beginsTheTimeAnew() {
    readings.set(Signal.CPU, 0.9);
    readings.pass(policy, FIVE);
    readings.now = readings.now.plus(plan.staleAfter());
    assertThat(readings.pass(policy, FIVE).action()).isEqualTo(Action.HOLD);
    assertThat(policy.decide(readings.next()).action()).isEqualTo(Action.SCALE_UP);
  }

  @Test
  void flappingSignal_neverActs() {
    for (int i = 0; i < 200; i++) {
      readings.set(Signal.CPU, i % 10 == 0 ? 0.5 : 0.95);
      assertThat(policy.decide(readings.next()).action()).isEqualTo(Action.HOLD);
    }
  }

  @Test
  void cooldown_isKeptAcrossRestarts() {
    readings.set(Signal.CPU, 0.9);
    readings.pass(policy, FIVE);
    Decision up = policy.decide(readings.next());
    assertThat(up.isAction()).isTrue();
    Instant acted = up.at();
    policy.acted(acted);
    ThresholdPolicy restarted = new ThresholdPolicy(plan);
    restarted.acted(acted);
    for (ScalingPolicy one : List.of(policy, restarted)) {
      readings.now = acted;
      assertThat(readings.pass(one, FIVE.minus(Readings.STEP)))
          .satisfies(hold -> assertThat(hold.action()).isEqualTo(Action.HOLD));
    }
    readings.now = acted.plus(FIVE).minus(Readings.STEP);
    assertThat(policy.decide(readings.next()).action()).isEqualTo(Action.SCALE_UP);
  }

  @Test
  void wantedInTheCooldown_isSaid() {
    policy.acted(readings.now.plus(FIVE));
    readings.set(Signal.CPU, 0.9);
    readings.pass(policy, FIVE);
    assertThat(policy.decide(readings.next()).reasons()).anyMatch(one -> one.contains("cooling"));
  }

  @Test
  void atTheBounds_holdsAndSaysSo() {
    readings.instances = 10;
    readings.set(Signal.CPU, 0.9);
    readings.pass(policy, FIVE);
    assertThat(policy.decide(readings.next()).reasons()).anyMatch(one -> one.contains("maximum"));
    readings.instances = 2;
    readings.idle();
    assertThat(readings.pass(policy, TEN.multipliedBy(2)).action()).isEqualTo(Action.HOLD);
  }

  @Test
  void fewerThanTheMinimum_isMendedAtOnce_andMoreThanTheMaximumWithCooldown() {
    readings.instances = 1;
    policy.acted(readings.now);
    assertThat(policy.decide(readings.next()).action()).isEqualTo(Action.SCALE_UP);
    readings.instances = 12;
    assertThat(policy.decide(readings.next()).action()).isEqualTo(Action.HOLD);
    readings.pass(policy, FIVE);
    assertThat(policy.decide(readings.next()).to()).isEqualTo(11);
  }

  @Test
  void databaseIsBottleneck_addsNothingAndSaysSo() {
    readings.set(Signal.LATENCY, 2).set(Signal.CPU, 0.2);
    readings.poolWait = OptionalDouble.of(0.4);
    readings.pass(policy, FIVE);
    Decision held = policy.decide(readings.next());
    assertThat(held.action()).isEqualTo(Action.HOLD);
    assertThat(held.reasons()).anyMatch(one -> one.contains("database is the bottleneck"));
    readings.set(Signal.CPU, 0.6); // they are not idle any more
    assertThat(policy.decide(readings.next()).action()).isEqualTo(Action.SCALE_UP);
  }

  @Test
  void capacity_isLearntFromCpu_whereItIsNotSet() {
    ThresholdPolicy learning = new ThresholdPolicy(Thresholds.DEFAULT);
    assertThat(learning.capacity()).isEmpty();
    readings.pass(learning, TEN); // 60 requests/s with half of the CPU
    assertThat(learning.capacity().orElseThrow()).isBetween(119.0, 121.0);
    readings.set(Signal.CPU, 0.05); // nothing to learn from
    readings.pass(learning, TEN);
    assertThat(learning.capacity().orElseThrow()).isBetween(119.0, 121.0);
  }

  @Test
  void limitsThatCross_areRefused() {
    assertThatThrownBy(() -> plan.withLimits(plan.up(), plan.up()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("CPU");
    assertThatThrownBy(() -> new Thresholds.Bounds(3, 2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Whatever is measured: one at a time, within the bounds, and not again within the cooldown. */
  @Test
  void anySignal_oneAtATime_withinBounds_withCooldown() {
    int actions = 0;
    for (int seed = 0; seed < 300; seed++) {
      actions += wander(new Random(seed), seed);
    }
    assertThat(actions).as("else nothing was shown").isGreaterThan(1_000);
  }

  /** Signals that rise, fall and vanish at random, for some hours; answers how often it acted. */
  private int wander(Random random, int seed) {
    Thresholds quick =
        plan.withLimits(
            new Limits(0.7, 0.8, 0.8, Duration.ofMillis(300), Readings.STEP),
            new Limits(0.3, 0.5, 0.4, Duration.ofMillis(100), Readings.STEP));
    ThresholdPolicy any = new ThresholdPolicy(quick);
    Readings measured = new Readings();
    List<Instant> acted = new ArrayList<>();
    double level = 0.5;
    for (int i = 0; i < 1_000; i++) {
      level = Math.clamp(level + random.nextGaussian() * 0.05, 0, 1);
      measured.set(Signal.CPU, level).set(Signal.MEMORY, level).set(Signal.LATENCY, level / 3);
      measured.set(Signal.REQUEST_RATE, random.nextInt(50) == 0 ? Double.NaN : level);
      Decision decision = any.decide(measured.next());
      if (decision.isAction()) {
        assertThat(Math.abs(decision.to() - decision.from())).as("seed %d", seed).isEqualTo(1);
        assertThat(decision.to()).as("seed %d", seed).isBetween(2, 10);
        if (!acted.isEmpty()) {
          assertThat(Duration.between(acted.getLast(), decision.at()))
              .as("seed %d", seed)
              .isGreaterThanOrEqualTo(FIVE);
        }
        acted.add(decision.at());
        any.acted(decision.at());
        measured.instances = decision.to();
      }
    }
    return acted.size();
  }
}
