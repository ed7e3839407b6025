package dev.tideline.cli;

import dev.tideline.scaling.policy.Thresholds;
import dev.tideline.scaling.policy.Thresholds.Limits;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Thresholds around some, to see what earlier and later ones would cost. */
final class ThresholdGrid {

  private static final double[] LOADS = {0.5, 0.6, 0.7, 0.8};
  private static final int[] UP_MINUTES = {1, 2, 5};
  private static final double[] IDLE = {0.2, 0.3, 0.4};

  static final int SIZE = LOADS.length * UP_MINUTES.length * IDLE.length;

  private ThresholdGrid() {}

  /** By a name that describes them. */
  static Map<String, Thresholds> around(Thresholds chosen) {
    Map<String, Thresholds> grid = new LinkedHashMap<>();
    for (double load : LOADS) {
      for (int minutes : UP_MINUTES) {
        for (double idle : IDLE) {
          grid.put(
              String.format(
                  Locale.ROOT,
                  "up at %.0f %% for %d min, down at %.0f %%",
                  load * 100,
                  minutes,
                  idle * 100),
              with(chosen, load, Duration.ofMinutes(minutes), idle));
        }
      }
    }
    return grid;
  }

  /** The rates' limits keep their distance to the CPU's. */
  private static Thresholds with(Thresholds chosen, double load, Duration hold, double idle) {
    Limits up = chosen.up();
    Limits down = chosen.down();
    double less = Math.min(idle + 0.1, load);
    return chosen.withLimits(
        new Limits(load, up.memory(), load + 0.1, up.p95(), hold),
        new Limits(idle, down.memory(), less, down.p95(), down.hold()));
  }
}
