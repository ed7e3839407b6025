package dev.tideline.scaling.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.scaling.forecast.Forecaster;
import dev.tideline.scaling.policy.Decision.Action;
import dev.tideline.scaling.policy.PredictivePolicy.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class PredictivePolicyTest {

  private final Readings readings = new Readings();

  /** Foretells what the test says. */
  private record Oracle(Function<Duration, OptionalDouble> says) implements Forecaster {

    @Override
    public void observe(Instant at, double rate) {}

    @Override
    public OptionalDouble forecast(Duration ahead) {
      return says.apply(ahead);
    }
  }

  private static PredictivePolicy policy(Mode mode, Function<Duration, OptionalDouble> forecast) {
    return new PredictivePolicy(
        Thresholds.DEFAULT.withCapacity(Readings.CAPACITY),
        new Oracle(forecast),
        PredictivePolicy.Settings.DEFAULT.withMode(mode));
  }

  /** What it decides when a quarter of a minute's budget is saved. */
  private Decision decide(PredictivePolicy policy) {
    policy.decide(readings.next());
    return policy.decide(readings.next());
  }

  private static Function<Duration, OptionalDouble> always(double rate) {
    return ahead -> OptionalDouble.of(rate);
  }

  /** 790 requests/s in twenty minutes, until then as now. */
  private static OptionalDouble inTwentyMinutes(Duration ahead) {
    return OptionalDouble.of(ahead.compareTo(Duration.ofMinutes(20)) >= 0 ? 790 : 240);
  }

  @Test
  void forecastNeed_addsOneEarly() {
    Decision decision = decide(policy(Mode.ON, always(450)));
    assertThat(decision.action()).isEqualTo(Action.SCALE_UP);
    assertThat(decision.to()).isEqualTo(5);
    assertThat(decision.reasons()).singleElement().asString().contains("450", "5 instances");
  }

  @Test
  void severalThatTakeTheirTime_areBegunSoEarlyThatTheLastIsThereInTime() {
    // the fourth of four is asked for 15 minutes after the first, and takes 5
    assertThat(decide(policy(Mode.ON, PredictivePolicyTest::inTwentyMinutes)).action())
        .isEqualTo(Action.SCALE_UP);
    readings.instances = 5; // the third of three is asked for 10 minutes after the first
    assertThat(decide(policy(Mode.ON, PredictivePolicyTest::inTwentyMinutes)).action())
        .isEqualTo(Action.HOLD);
  }

  @Test
  void forecast_neverRemoves_butKeeps() {
    assertThat(decide(policy(Mode.ON, always(0))).action()).isEqualTo(Action.HOLD);
    readings.idle();
    PredictivePolicy needed = policy(Mode.ON, always(390));
    Decision decision = readings.pass(needed, Duration.ofMinutes(11));
    assertThat(decision.action()).isEqualTo(Action.HOLD);
    assertThat(decision.reasons()).singleElement().asString().startsWith("kept");
    readings.now = readings.now.plus(Duration.ofHours(1));
    assertThat(readings.pass(policy(Mode.ON, always(200)), Duration.ofMinutes(11)).action())
        .as("one of four may go where two are needed")
        .isEqualTo(Action.SCALE_DOWN);
  }

  @Test
  void advice_isSaidAndNotTaken() {
    Decision decision = decide(policy(Mode.ADVISE, always(450)));
    assertThat(decision.action()).isEqualTo(Action.HOLD);
    assertThat(decision.reasons()).singleElement().asString().contains("advised");
    assertThat(decide(policy(Mode.OFF, always(450))).reasons()).isEmpty();
  }

  @Test
  void cooldownBoundsAndDatabase_holdForForecastsToo() {
    PredictivePolicy cooling = policy(Mode.ON, always(450));
    cooling.acted(readings.now);
    assertThat(decide(cooling).action()).isEqualTo(Action.HOLD);
    readings.instances = 10;
    assertThat(decide(policy(Mode.ON, always(5000))).action()).isEqualTo(Action.HOLD);
    readings.instances = 4;
    readings.poolWait = OptionalDouble.of(1);
    readings.set(Signal.CPU, 0.2);
    assertThat(decide(policy(Mode.ON, always(450))).action()).isEqualTo(Action.HOLD);
  }

  @Test
  void budgetThatIsSpent_leavesItToTheThresholds_andSaysSo() {
    PredictivePolicy policy = policy(Mode.ON, always(450));
    readings.pass(policy, Duration.ofHours(1)); // saves 0.4 instance hours
    readings.instances = 5;
    Decision decision = readings.pass(policy, Duration.ofHours(1)); // spends 0.6
    assertThat(decision.action()).isEqualTo(Action.HOLD);
    readings.instances = 4;
    decision = policy(Mode.ON, always(450)).decide(readings.next()); // nothing is saved at first
    assertThat(decision.reasons()).contains("the forecast's budget is spent");
    readings.instances = 5;
    readings.idle();
    assertThat(readings.pass(policy, Duration.ofMinutes(11)).action())
        .as("not kept either")
        .isEqualTo(Action.SCALE_DOWN);
  }

  @Test
  void budgetThatIsSaved_isSpentOnRoom() {
    PredictivePolicy policy = policy(Mode.ON, always(300));
    assertThat(decide(policy).action()).as("four take 400").isEqualTo(Action.HOLD);
    Decision decision = readings.pass(policy, Duration.ofDays(11));
    assertThat(decision.action()).as("four take 280 at 70 %").isEqualTo(Action.SCALE_UP);
  }

  @Test
  void nothingForetold_isTheThresholdPolicy() {
    PredictivePolicy blind = policy(Mode.ON, ahead -> OptionalDouble.empty());
    readings.set(Signal.CPU, 0.9);
    readings.pass(blind, Duration.ofMinutes(5));
    assertThat(blind.decide(readings.next()).action()).isEqualTo(Action.SCALE_UP);
  }
}
