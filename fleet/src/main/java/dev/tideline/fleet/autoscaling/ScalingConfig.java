package dev.tideline.fleet.autoscaling;

import dev.tideline.scaling.forecast.SeasonalForecaster;
import dev.tideline.scaling.policy.PredictivePolicy;
import dev.tideline.scaling.policy.ScalingPolicy;
import dev.tideline.scaling.policy.Thresholds;
import java.time.Duration;
import java.util.Locale;

/**
 * How a fleet is scaled. Where readings are so far apart that few of them fall within the limit for
 * stale signals, that limit is raised to four intervals.
 *
 * @param forecast what the forecast above the thresholds may do
 * @param interval between two readings
 * @param warmUp for how long an instance that has come is not measured
 */
public record ScalingConfig(
    Mode mode,
    Thresholds thresholds,
    PredictivePolicy.Settings forecast,
    Duration interval,
    Duration warmUp) {

  /** Whether instances are added and removed. */
  public enum Mode {
    OFF,
    /** Says what it would do. */
    ADVISE,
    ON;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A signal is bridged over so many readings that fail, however far apart they are. */
  private static final int READINGS_BRIDGED = 4;

  public ScalingConfig {
    Duration bridged = interval.multipliedBy(READINGS_BRIDGED);
    if (thresholds.staleAfter().compareTo(bridged) < 0) {
      thresholds = thresholds.withTimes(thresholds.cooldown(), bridged);
    }
    if (!interval.isPositive() || warmUp.isNegative()) {
      throw new IllegalArgumentException("interval " + interval + ", warm-up " + warmUp);
    }
  }

  /** A policy that remembers nothing yet. */
  public ScalingPolicy policy() {
    return new PredictivePolicy(thresholds, SeasonalForecaster.profile(), forecast);
  }
}
