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
    PredictivePolicy.Settings usual = PredictivePolicy.Settings.DEFAULT;
    return new PredictivePolicy(
        new ThresholdPolicy(Thresholds.DEFAULT.withCapacity(Readings.CAPACITY)),
        new Oracle(forecast),
        new PredictivePolicy.Settings(mode, usual.lead(), usual.utilization(), usual.keep()));
  }

  private static Function<Duration, OptionalDouble> always(double rate) {
    return ahead -> OptionalDouble.of(rate);
  }

  /** 800 requests/s in twenty minutes, until then as now. */
  private static OptionalDouble inTwentyMinutes(Duration ahead) {
    return OptionalDouble.of(ahead.compareTo(Duration.ofMinutes(20)) >= 0 ? 800 : 240);
  }

  @Test
  void foretoldNeed_addsOneEarly() {
    Decision decision = policy(Mode.ON, always(450)).decide(readings.next());
    assertThat(decision.action()).isEqualTo(Action.SCALE_UP);
    assertThat(decision.to()).isEqualTo(5);
    assertThat(decision.reasons()).singleElement().asString().contains("450", "5 instances");
  }

  @Test
  void severalThatTakeTheirTime_areBegunSoEarlyThatTheLastIsThereInTime() {
    // the fourth of four is asked for 15 minutes after the first, and takes 5
    assertThat(
            policy(Mode.ON, PredictivePolicyTest::inTwentyMinutes).decide(readings.next()).action())
        .isEqualTo(Action.SCALE_UP);
    readings.instances = 5; // the third of three is asked for 10 minutes after the first
    assertThat(
            policy(Mode.ON, PredictivePolicyTest::inTwentyMinutes).decide(readings.next()).action())
        .isEqualTo(Action.HOLD);
  }

  @Test
  void forecast_neverRemoves_butKeeps() {
    assertThat(policy(Mode.ON, always(0)).decide(readings.next()).action()).isEqualTo(Action.HOLD);
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
    Decision decision = policy(Mode.ADVISE, always(450)).decide(readings.next());
    assertThat(decision.action()).isEqualTo(Action.HOLD);
    assertThat(decision.reasons()).singleElement().asString().contains("advised");
    assertThat(policy(Mode.OFF, always(450)).decide(readings.next()).reasons()).isEmpty();
  }

  @Test
  void cooldownBoundsAndDatabase_holdForForecastsToo() {
    PredictivePolicy cooling = policy(Mode.ON, always(450));
    cooling.acted(readings.now);
    assertThat(cooling.decide(readings.next()).action()).isEqualTo(Action.HOLD);
    readings.instances = 10;
    assertThat(policy(Mode.ON, always(5000)).decide(readings.next()).action())
        .isEqualTo(Action.HOLD);
    readings.instances = 4;
    readings.poolWait = OptionalDouble.of(1);
    readings.set(Signal.CPU, 0.2);
    assertThat(policy(Mode.ON, always(450)).decide(readings.next()).action())
        .isEqualTo(Action.HOLD);
  }

  @Test
  void nothingForetold_isTheThresholdPolicy() {
    PredictivePolicy blind = policy(Mode.ON, ahead -> OptionalDouble.empty());
    readings.set(Signal.CPU, 0.9);
    readings.pass(blind, Duration.ofMinutes(5));
    assertThat(blind.decide(readings.next()).action()).isEqualTo(Action.SCALE_UP);
  }
}
