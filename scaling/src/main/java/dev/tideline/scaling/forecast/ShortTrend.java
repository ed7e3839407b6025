package dev.tideline.scaling.forecast;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Level and slope of a rate over the last minutes: exponential smoothing for readings at irregular
 * intervals (Wright, "Forecasting data published at irregular time intervals using an extension of
 * Holt's method", Management Science 32, 1986). Not thread-safe.
 */
final class ShortTrend {

  private static final double LEVEL_SECONDS = 60;
  private static final double SLOPE_SECONDS = 300;

  /**
   * The slope is extrapolated at most this far: in measurements a longer extrapolation cost more
   * than it saved.
   */
  private static final double AHEAD_SECONDS_MAX = 60;

  private static final Duration GAP_MAX = Duration.ofMinutes(10);

  private @Nullable Instant last;
  private double level;
  private double slope;

  void observe(Instant at, double rate) {
    Instant before = last;
    last = at;
    if (before == null || Duration.between(before, at).compareTo(GAP_MAX) > 0) {
      level = rate;
      slope = 0;
      return;
    }
    double seconds = Duration.between(before, at).toMillis() / 1e3;
    if (seconds <= 0) {
      return;
    }
    double foretold = level + slope * seconds;
    double next = foretold + (1 - Math.exp(-seconds / LEVEL_SECONDS)) * (rate - foretold);
    slope += (1 - Math.exp(-seconds / SLOPE_SECONDS)) * ((next - level) / seconds - slope);
    level = next;
  }

  /** The expected rate at that time after the last reading. A decrease is never forecast. */
  double predict(Duration ahead) {
    double seconds = Math.min(ahead.toMillis() / 1e3, AHEAD_SECONDS_MAX);
    return level + Math.max(0, slope) * seconds;
  }
}
