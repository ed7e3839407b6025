package dev.tideline.scaling.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

final class SeasonalForecasterTest {

  private static final Instant MONDAY = Instant.parse("2026-11-16T00:00:00Z");

  /** Busy in the evening, and half as busy at weekends. */
  private static double usual(Instant at) {
    double day = at.getEpochSecond() % 86_400 / 86_400.0;
    boolean weekend = Duration.between(MONDAY, at).toDays() % 7 >= 5;
    return (weekend ? 50 : 100) * (1.2 + Math.sin(2 * Math.PI * (day - 0.5)));
  }

  private static void feed(Forecaster forecaster, Instant from, Duration length) {
    for (Instant at = from; at.isBefore(from.plus(length)); at = at.plusSeconds(60)) {
      forecaster.observe(at, usual(at));
    }
  }

  private static List<SeasonalForecaster> both() {
    return List.of(SeasonalForecaster.profile(), SeasonalForecaster.holtWinters());
  }

  @Test
  void afterSomeWeeks_hoursAheadAreForetold_weekendsToo() {
    hoursAheadAreForetold(SeasonalForecaster.profile(), 3, 25);
    // its level follows the weekend, so its week learns slowly, and never all
    hoursAheadAreForetold(SeasonalForecaster.holtWinters(), 12, 50);
  }

  private static void hoursAheadAreForetold(Forecaster forecaster, int weeks, int percent) {
    Instant now = MONDAY.plus(Duration.ofDays(7L * weeks + 4)).plus(Duration.ofHours(22));
    feed(forecaster, MONDAY, Duration.between(MONDAY, now));
    for (int hours : new int[] {1, 4, 12}) { // the later ones on Saturday
      assertThat(forecaster.forecast(Duration.ofHours(hours)).orElseThrow())
          .as("%d hours ahead", hours)
          .isCloseTo(usual(now.plus(Duration.ofHours(hours))), Percentage.withPercentage(percent));
    }
  }

  @Test
  void beforeADayIsOver_onlyTheLastMinutesSaySomething() {
    for (SeasonalForecaster forecaster : both()) {
      assertThat(forecaster.forecast(Duration.ZERO)).isEmpty();
      feed(forecaster, MONDAY.plus(Duration.ofHours(12)), Duration.ofHours(2));
      assertThat(forecaster.forecast(Duration.ofHours(1))).isEmpty();
      double now = usual(MONDAY.plus(Duration.ofHours(14)));
      assertThat(forecaster.forecast(Duration.ofMinutes(5)).orElseThrow())
          .isCloseTo(now, Percentage.withPercentage(10));
    }
  }

  @Test
  void rise_isSeenInTheLastMinutes_whateverTheHourUsuallyHas() {
    for (SeasonalForecaster forecaster : both()) {
      Instant now = MONDAY.plus(Duration.ofDays(8));
      feed(forecaster, MONDAY, Duration.ofDays(8));
      for (int second = 0; second < 240; second += 15) {
        forecaster.observe(now.plusSeconds(second), 1_000);
      }
      assertThat(forecaster.forecast(Duration.ofMinutes(5)).orElseThrow())
          .isBetween(900.0, 1_300.0);
    }
  }

  @Test
  void noTraffic_isForetoldAsNone() {
    for (SeasonalForecaster forecaster : both()) {
      for (int minute = 0; minute < 2 * 1440; minute++) {
        forecaster.observe(MONDAY.plusSeconds(60L * minute), 0);
      }
      assertThat(forecaster.forecast(Duration.ofMinutes(30)).orElseThrow())
          .isCloseTo(0, within(1e-6));
    }
  }

  @Test
  void gapOfDays_isNoEndlessLoop_andTheSeasonIsKept() {
    for (SeasonalForecaster forecaster : both()) {
      feed(forecaster, MONDAY, Duration.ofDays(7));
      Instant later = MONDAY.plus(Duration.ofDays(3_000));
      feed(forecaster, later, Duration.ofHours(1));
      assertThat(forecaster.forecast(Duration.ofMinutes(30))).isPresent();
    }
  }
}
