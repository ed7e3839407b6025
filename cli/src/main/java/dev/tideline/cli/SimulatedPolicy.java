package dev.tideline.cli;

import dev.tideline.scaling.forecast.SeasonalForecaster;
import dev.tideline.scaling.policy.HpaPolicy;
import dev.tideline.scaling.policy.HpaSettings;
import dev.tideline.scaling.policy.PredictivePolicy;
import dev.tideline.scaling.policy.ScalingPolicy;
import dev.tideline.scaling.policy.ThresholdPolicy;
import dev.tideline.scaling.policy.Thresholds;

/** What traffic may be played against; by the names that the command takes. */
enum SimulatedPolicy {
  threshold {
    @Override
    ScalingPolicy open(Thresholds thresholds, PredictivePolicy.Settings forecast) {
      return new ThresholdPolicy(thresholds);
    }
  },
  hpa {
    @Override
    ScalingPolicy open(Thresholds thresholds, PredictivePolicy.Settings forecast) {
      HpaSettings usual = HpaSettings.DEFAULT;
      return new HpaPolicy(
          new HpaSettings(
              thresholds.up().cpu(),
              thresholds.up().memory(),
              usual.tolerance(),
              usual.scaleUp(),
              usual.scaleDown(),
              thresholds.bounds()));
    }
  },
  predictive {
    @Override
    ScalingPolicy open(Thresholds thresholds, PredictivePolicy.Settings forecast) {
      return new PredictivePolicy(thresholds, SeasonalForecaster.profile(), forecast);
    }
  };

  /** A new one, which remembers nothing. */
  abstract ScalingPolicy open(Thresholds thresholds, PredictivePolicy.Settings forecast);
}
