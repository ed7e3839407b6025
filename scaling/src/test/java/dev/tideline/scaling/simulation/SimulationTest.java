package dev.tideline.scaling.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tideline.scaling.forecast.Forecaster;
import dev.tideline.scaling.policy.HpaPolicy;
import dev.tideline.scaling.policy.HpaSettings;
import dev.tideline.scaling.policy.PredictivePolicy;
import dev.tideline.scaling.policy.ThresholdPolicy;
import dev.tideline.scaling.policy.Thresholds;
import dev.tideline.scaling.simulation.Simulation.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class SimulationTest {

  private static final Terms TERMS = new Terms(Duration.ofMillis(300), 0.05, 2);
  private static final InstanceModel MODEL = InstanceModel.of(100);

  private static Trace flat(double perSecond, int minutes) {
    double[] requests = new double[minutes];
    Arrays.fill(requests, perSecond * 60);
    return new Trace("flat", Instant.parse("2026-11-23T00:00:00Z"), requests);
  }

  private static ThresholdPolicy plan() {
    return new ThresholdPolicy(Thresholds.DEFAULT.withCapacity(80));
  }

  @Test
  void littleTraffic_staysAtTheMinimum_andCostsTwoInstances() {
    Timeline timeline = Simulation.play(flat(10, 600), MODEL, TERMS, plan());
    assertThat(timeline.instanceHours()).isEqualTo(20);
    assertThat(timeline.costUsd()).isCloseTo(1, within(1e-9));
    assertThat(timeline.minutesAboveTarget()).isZero();
    assertThat(timeline.scaleUps() + timeline.scaleDowns()).isZero();
  }

  @Test
  void tooMuchTraffic_addsOneEveryFiveMinutes_untilItSuffices() {
    Timeline timeline = Simulation.play(flat(450, 120), MODEL, TERMS, plan());
    List<Timeline.Minute> minutes = timeline.minutes();
    List<Instant> ups =
        minutes.stream().filter(one -> one.change() > 0).map(Timeline.Minute::at).toList();
    assertThat(Duration.between(minutes.getFirst().at(), ups.getFirst()))
        .isEqualTo(Duration.ofMinutes(5));
    for (int i = 1; i < ups.size(); i++) {
      assertThat(Duration.between(ups.get(i - 1), ups.get(i))).isEqualTo(Duration.ofMinutes(5));
    }
    assertThat(timeline.maxInstances()).isEqualTo(8); // with 7 it is 0.804 of capacity
    assertThat(timeline.droppedRequests()).isPositive();
    assertThat(minutes.getLast().p95Seconds()).isLessThan(0.3);
  }

  @Test
  void overload_dropsWhatExceedsCapacityAndTheBacklog() {
    Thresholds two = Thresholds.DEFAULT.withBounds(new Thresholds.Bounds(2, 2)).withCapacity(80);
    Timeline timeline = Simulation.play(flat(300, 10), MODEL, TERMS, new ThresholdPolicy(two));
    // 300 - 200 a second for 600 s, less the 5 s that wait
    assertThat(timeline.droppedRequests()).isEqualTo(100 * 600 - 5 * 200);
    assertThat(timeline.minutesAboveTarget()).isEqualTo(10);
  }

  @Test
  void idleAfterwards_removesThemOneByOne() {
    double[] requests = new double[240];
    Arrays.fill(requests, 0, 60, 450 * 60);
    Arrays.fill(requests, 60, 240, 60);
    Trace trace = new Trace("fall", Instant.parse("2026-11-23T00:00:00Z"), requests);
    Timeline timeline = Simulation.play(trace, MODEL, TERMS, plan());
    assertThat(timeline.scaleDowns()).isEqualTo(timeline.scaleUps());
    assertThat(timeline.minutes().getLast().instances()).isEqualTo(2);
  }

  @Test
  void latency_followsTheFormula() {
    assertThat(MODEL.p95(0)).isCloseTo(0.0599, within(1e-4));
    assertThat(MODEL.p95(0.5)).isCloseTo(0.1198, within(1e-4));
    assertThat(MODEL.p95(MODEL.utilizationAt(Duration.ofMillis(300)))).isCloseTo(0.3, within(1e-9));
    assertThatThrownBy(() -> MODEL.utilizationAt(Duration.ofMillis(50)))
        .hasMessageContaining("is not achievable");
  }

  @Test
  void newInstance_takesNothingThenHalfThenAll() {
    assertThat(MODEL.share(14)).isZero();
    assertThat(MODEL.share(15)).isEqualTo(0.5);
    assertThat(MODEL.share(30)).isEqualTo(0.75);
    assertThat(MODEL.share(45)).isEqualTo(1);
  }

  @Test
  void forecastsThatAreAlwaysTooHigh_costTheirBudgetAndNoMore() {
    Forecaster alarmed =
        new Forecaster() {
          @Override
          public void observe(Instant at, double rate) {}

          @Override
          public OptionalDouble forecast(Duration ahead) {
            return OptionalDouble.of(1e6);
          }
        };
    Trace trace = flat(10, 20 * 24 * 60);
    Timeline timeline =
        Simulation.play(
            trace,
            MODEL,
            TERMS,
            new PredictivePolicy(
                Thresholds.DEFAULT.withCapacity(80), alarmed, PredictivePolicy.Settings.DEFAULT));
    double alone = Simulation.play(trace, MODEL, TERMS, plan()).instanceHours();
    assertThat(timeline.instanceHours()).isBetween(1.09 * alone, 1.11 * alone);
  }

  @Test
  void front_hasWhatNothingBeats() {
    Timeline cheap = Simulation.play(flat(450, 120), MODEL, TERMS, plan());
    Timeline quick =
        Simulation.play(flat(450, 120), MODEL, TERMS, new HpaPolicy(HpaSettings.DEFAULT));
    Timeline wasteful =
        Simulation.play(
            flat(450, 120),
            MODEL,
            new Terms(Duration.ofMillis(300), 0.05, 10),
            new ThresholdPolicy(
                Thresholds.DEFAULT.withBounds(new Thresholds.Bounds(10, 10)).withCapacity(80)));
    Map<String, Timeline> outcomes = Map.of("cheap", cheap, "quick", quick, "wasteful", wasteful);
    assertThat(quick.minutesAboveTarget()).isLessThan(cheap.minutesAboveTarget());
    assertThat(quick.instanceHours()).as("it removes one again").isLessThan(cheap.instanceHours());
    assertThat(Pareto.front(List.of("cheap", "wasteful", "quick"), outcomes::get))
        .containsExactly("quick", "wasteful");
    assertThat(Pareto.front(List.of("cheap", "cheap"), outcomes::get)).containsExactly("cheap");
  }
}
