package dev.tideline.fleet.autoscaling;

import dev.tideline.scaling.forecast.SeasonalForecaster;
import dev.tideline.scaling.policy.PredictivePolicy;
import dev.tideline.scaling.policy.ScalingPolicy;
import dev.tideline.scaling.policy.Thresholds;
import java.time.Duration;
import java.util.Locale;

/**
 * The autoscaling settings of a fleet. If the limit for stale signals is shorter than four reading
 * intervals, it is raised to four intervals.
 *
 * @param forecast settings of the forecast that complements the thresholds
 * @param interval time between two readings
 * @param warmUp how long a new instance is not measured
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
    /** Only reports what it would do. */
    ADVISE,
    ON;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A signal survives gaps of up to this many reading intervals. */
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

  /** Creates a policy without history. */
  public ScalingPolicy policy() {
    return new PredictivePolicy(thresholds, SeasonalForecaster.profile(), forecast);
  }
}
