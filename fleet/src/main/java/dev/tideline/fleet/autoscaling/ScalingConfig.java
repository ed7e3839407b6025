package dev.tideline.fleet.autoscaling;

import dev.tideline.scaling.forecast.SeasonalForecaster;
import dev.tideline.scaling.policy.PredictivePolicy;
import dev.tideline.scaling.policy.ScalingPolicy;
import dev.tideline.scaling.policy.Thresholds;
import java.time.Duration;
import java.util.Locale;

/**
 * How a fleet is scaled.
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

  public ScalingConfig {
    if (!interval.isPositive() || warmUp.isNegative()) {
      throw new IllegalArgumentException("interval " + interval + ", warm-up " + warmUp);
    }
  }

  /** A policy that remembers nothing yet. */
  public ScalingPolicy policy() {
    return new PredictivePolicy(thresholds, SeasonalForecaster.profile(), forecast);
  }
}
