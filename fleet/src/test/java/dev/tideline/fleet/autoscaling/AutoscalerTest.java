package dev.tideline.fleet.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tideline.embedded.process.ServerException;
import dev.tideline.fleet.autoscaling.ScalingHistory.Event;
import dev.tideline.scaling.policy.Decision;
import dev.tideline.scaling.policy.Decision.Action;
import dev.tideline.scaling.policy.PredictivePolicy;
import dev.tideline.scaling.policy.Reading;
import dev.tideline.scaling.policy.ScalingPolicy;
import dev.tideline.scaling.policy.ThresholdPolicy;
import dev.tideline.scaling.policy.Thresholds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class AutoscalerTest {

  private static final Duration STEP = Duration.ofSeconds(15);

  private final Time clock = new Time();
  private final Fleet fleet = new Fleet();
  private final History history = new History();
  private double cpu = 0.5;
  private ServerException lost;

  private static final class Time extends Clock {
    private Instant now = Instant.parse("2026-11-23T10:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private static final class Fleet implements ScalingTarget {
    private int instances = 2;
    private boolean stuck;
    private Optional<String> pause = Optional.empty();

    @Override
    public Optional<String> pause() {
      return pause;
    }

    @Override
    public int instances() {
      return instances;
    }

    @Override
    public void scaleTo(int wanted) {
      if (stuck) {
        throw new ServerException("no room");
      }
      instances = wanted;
    }
  }

  private static final class History implements ScalingHistory {
    private final List<Event> events = new ArrayList<>();
    private boolean leads = true;
    private boolean away;

    @Override
    public boolean leads() {
      if (away) {
        throw new IllegalStateException("the database is away");
      }
      return leads;
    }

    @Override
    public void record(Event event) {
      events.add(event);
    }

    @Override
    public List<Event> latest(int count) {
      return events.reversed().stream().limit(count).toList();
    }
  }

  private Reading read(Instant now) {
    if (lost != null) {
      throw lost;
    }
    return new Reading(
        now,
        fleet.instances,
        fleet.instances,
        true,
        OptionalDouble.of(cpu),
        OptionalDouble.of(0.4),
        OptionalDouble.of(10),
        OptionalDouble.of(0.05),
        OptionalDouble.of(0));
  }

  private Autoscaler autoscaler(boolean dryRun) {
    return new Autoscaler(
        new Autoscaler.Settings(STEP, dryRun),
        this::read,
        new ThresholdPolicy(Thresholds.DEFAULT.withCapacity(100)),
        fleet,
        history,
        clock);
  }

  private void pass(Autoscaler autoscaler, Duration length) throws InterruptedException {
    for (long i = 0; i < length.dividedBy(STEP); i++) {
      clock.now = clock.now.plus(STEP);
      autoscaler.step();
    }
  }

  @Test
  void busy_thenIdle_addsThenRemoves_andKeepsWhy() throws Exception {
    Autoscaler autoscaler = autoscaler(false);
    cpu = 0.9;
    pass(autoscaler, Duration.ofMinutes(11));
    assertThat(fleet.instances).isEqualTo(4);
    cpu = 0.1;
    pass(autoscaler, Duration.ofMinutes(20));
    assertThat(fleet.instances).isEqualTo(2);
    assertThat(history.events).hasSize(4);
    assertThat(history.events.getFirst().decision().reasons()).anyMatch(one -> one.contains("CPU"));
    assertThat(autoscaler.count(Action.SCALE_UP)).isEqualTo(2);
    assertThat(autoscaler.count(Action.SCALE_DOWN)).isEqualTo(2);
  }

  @Test
  void restart_doesNotForgetTheCooldown() throws Exception {
    cpu = 0.9;
    pass(autoscaler(false), Duration.ofMinutes(5).plus(STEP));
    assertThat(fleet.instances).isEqualTo(3);
    // two autoscalers later the five minutes of CPU are there before the cooldown has ended
    history.events.set(
        0,
        new Event(
            new Decision(
                clock.now.plus(Duration.ofMinutes(3)), Action.SCALE_UP, 2, 3, List.of("x")),
            null));
    Autoscaler restarted = autoscaler(false);
    pass(restarted, Duration.ofMinutes(7));
    assertThat(fleet.instances).isEqualTo(3);
    pass(restarted, Duration.ofMinutes(2));
    assertThat(fleet.instances).isEqualTo(4);
  }

  @Test
  void dryRun_saysAndDoesNothing() throws Exception {
    cpu = 0.9;
    Autoscaler autoscaler = autoscaler(true);
    pass(autoscaler, Duration.ofMinutes(20));
    assertThat(fleet.instances).isEqualTo(2);
    assertThat(history.events).isEmpty();
    assertThat(autoscaler.view().decision().action()).isEqualTo(Action.SCALE_UP);
  }

  @Test
  void notTheLeader_doesNothing() throws Exception {
    cpu = 0.9;
    history.leads = false;
    Autoscaler follower = autoscaler(false);
    pass(follower, Duration.ofMinutes(20));
    assertThat(fleet.instances).isEqualTo(2);
    assertThat(follower.view().leads()).isFalse();
  }

  @Test
  void actionThatFails_isKept_andTriedAgainAfterTheCooldown() throws Exception {
    cpu = 0.9;
    fleet.stuck = true;
    Autoscaler autoscaler = autoscaler(false);
    pass(autoscaler, Duration.ofMinutes(9));
    assertThat(history.events)
        .singleElement()
        .satisfies(event -> assertThat(event.failure()).isEqualTo("no room"));
    assertThat(autoscaler.count(Action.SCALE_UP)).isZero();
    fleet.stuck = false;
    pass(autoscaler, Duration.ofMinutes(2));
    assertThat(fleet.instances).isEqualTo(3);
  }

  /** Of the fleet's measurements one in twenty is lost, in one way or another. */
  @Test
  void oneReadingInTwentyLost_addsAllTheSame() throws Exception {
    cpu = 0.95;
    Autoscaler autoscaler = autoscaler(false);
    for (int i = 1; i <= 60; i++) {
      lost = i % 20 == 0 ? new ServerException("the API does not answer") : null;
      clock.now = clock.now.plus(STEP);
      try {
        autoscaler.step();
      } catch (ServerException e) {
        assertThat(e).isSameAs(lost);
      }
    }
    assertThat(fleet.instances).isGreaterThan(2);
  }

  /** Two minutes between readings are no gap where that is how often it reads. */
  @Test
  void readingsFarApart_addAllTheSame() {
    Duration interval = Duration.ofMinutes(2);
    ScalingPolicy policy =
        new ScalingConfig(
                ScalingConfig.Mode.ON,
                Thresholds.DEFAULT,
                PredictivePolicy.Settings.DEFAULT.withMode(PredictivePolicy.Mode.OFF),
                interval,
                Duration.ZERO)
            .policy();
    cpu = 0.95;
    Decision last = policy.decide(read(clock.now));
    for (int i = 1; i <= 3; i++) {
      last = policy.decide(read(clock.now.plus(interval.multipliedBy(i))));
    }
    assertThat(last.action()).isEqualTo(Action.SCALE_UP);
  }

  @Test
  void readingsLost_neverHelpToRemove() throws Exception {
    fleet.instances = 4;
    cpu = 0.1;
    Autoscaler autoscaler = autoscaler(false);
    pass(autoscaler, Duration.ofMinutes(9));
    clock.now = clock.now.plus(STEP);
    lost = new ServerException("the API does not answer");
    assertThatThrownBy(autoscaler::step).isSameAs(lost);
    lost = null;
    pass(autoscaler, Duration.ofMinutes(9));
    assertThat(fleet.instances).isEqualTo(4);
    pass(autoscaler, Duration.ofMinutes(2));
    assertThat(fleet.instances).isEqualTo(3);
  }

  /** One is wanted at once, and cannot be had for an hour. */
  @Test
  void belowTheMinimum_failingTarget_isTriedWithGrowingPauses() throws Exception {
    fleet.instances = 1;
    fleet.stuck = true;
    pass(autoscaler(false), Duration.ofHours(1));
    List<Instant> tries = history.events.stream().map(event -> event.decision().at()).toList();
    Duration before = Duration.ZERO;
    for (int i = 1; i < tries.size(); i++) {
      Duration pause = Duration.between(tries.get(i - 1), tries.get(i));
      assertThat(pause).isBetween(before, Autoscaler.RETRY_MAX);
      before = pause;
    }
    assertThat(before).as("bounded").isEqualTo(Autoscaler.RETRY_MAX);
    assertThat(tries)
        .as("12 pauses of five minutes, and shorter ones first")
        .hasSizeBetween(12, 20);
    pass(autoscaler(false), Autoscaler.RETRY_MAX.minus(STEP));
    assertThat(history.events)
        .as("a restart forgets no pause")
        .hasSizeBetween(12, tries.size() + 1);
    fleet.stuck = false;
    pass(autoscaler(false), Autoscaler.RETRY_MAX);
    assertThat(fleet.instances).isEqualTo(2);
  }

  @Test
  void pause_leavesAsItIs_andSaysSo_andGoesOnAfterwards() throws Exception {
    fleet.instances = 0;
    fleet.pause = Optional.of("paused: 0 pods");
    Autoscaler autoscaler = autoscaler(false);
    pass(autoscaler, Duration.ofMinutes(20));
    assertThat(fleet.instances).isZero();
    assertThat(history.events).isEmpty();
    assertThat(autoscaler.view().decision().reasons()).containsExactly("paused: 0 pods");
    fleet.instances = 1;
    fleet.pause = Optional.empty();
    pass(autoscaler, STEP);
    assertThat(fleet.instances).as("the minimum").isEqualTo(2);
  }

  @Test
  void historyAway_doesNothing() {
    history.away = true;
    assertThatThrownBy(() -> autoscaler(false).step()).hasMessageContaining("away");
    assertThat(fleet.instances).isEqualTo(2);
  }
}
