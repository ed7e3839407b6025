package dev.tideline.scaling.forecast;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Forecasts the higher of a seasonal model and the trend of the last minutes. The seasonal model
 * works in equal steps and needs a day of history. Its days start at midnight UTC; any other start
 * would do as well, because the seasons are learnt from the data. Not thread-safe.
 */
public final class SeasonalForecaster implements Forecaster {

  private static final Duration STEP = Duration.ofMinutes(5);
  private static final int STEPS_PER_DAY = (int) Duration.ofDays(1).dividedBy(STEP);

  /** The trend of the last minutes is used only for forecasts up to this far ahead. */
  private static final Duration TREND_MAX = Duration.ofMinutes(10);

  /** At most this many steps of a gap are filled with the value before it. */
  private static final long GAP_STEPS_MAX = STEPS_PER_DAY;

  /**
   * Added to a rate before taking its logarithm, so that the logarithm of 0 is finite. The model
   * uses logarithms because rates change by factors.
   */
  private static final double LEAST = 1e-3;

  private final SeasonModel model;
  private final ShortTrend trend = new ShortTrend();

  /** Forecasts made in the current step, by steps ahead. */
  private final Map<Long, Double> forecasts = new HashMap<>();

  private long step = -1;
  private double sum;
  private int count;

  private SeasonalForecaster(SeasonModel model) {
    this.model = model;
  }

  /** A forecaster with daily and weekly profiles. */
  public static SeasonalForecaster profile() {
    return new SeasonalForecaster(new SeasonProfile(STEPS_PER_DAY));
  }

  /** A forecaster with exponential smoothing and two seasons. */
  public static SeasonalForecaster holtWinters() {
    return new SeasonalForecaster(new HoltWinters(STEPS_PER_DAY));
  }

  @Override
  public void observe(Instant at, double rate) {
    trend.observe(at, rate);
    long now = at.getEpochSecond() / STEP.toSeconds();
    if (now != step) {
      if (count > 0) {
        close(Math.min(now, step + GAP_STEPS_MAX));
      }
      step = now;
      sum = 0;
      count = 0;
    }
    sum += rate;
    count++;
  }

  private void close(long until) {
    double value = Math.log(sum / count + LEAST);
    for (long at = step; at < until; at++) {
      model.update(at, value);
    }
    forecasts.clear();
  }

  @Override
  public OptionalDouble forecast(Duration ahead) {
    if (step < 0) {
      return OptionalDouble.empty();
    }
    double season =
        forecasts.computeIfAbsent(
            Math.max(0, ahead.toSeconds() / STEP.toSeconds()),
            steps -> model.predict(step + steps));
    double usual = Math.max(0, Math.exp(season) - LEAST);
    if (ahead.compareTo(TREND_MAX) <= 0) {
      double soon = trend.predict(ahead);
      return OptionalDouble.of(Double.isNaN(usual) ? soon : Math.max(usual, soon));
    }
    return Double.isNaN(usual) ? OptionalDouble.empty() : OptionalDouble.of(usual);
  }
}
