package dev.tideline.scaling.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Limits what a forecast may cost, as a fraction of the instance hours that the thresholds alone
 * would have used. Those hours come from a simulation of the threshold policy that runs in
 * parallel, on readings adjusted to its number of instances. Unspent hours are saved. Not
 * thread-safe.
 */
final class ForecastBudget {

  /** At most as much is saved as the minimum number of instances earns in this time. */
  private static final Duration SAVED_MAX = Duration.ofDays(10);

  private final ThresholdPolicy alone;
  private final double part;
  private final double savedHoursMax;
  private double savedHours;
  private int instancesAlone;
  private @Nullable Instant last;

  /**
   * Starts with nothing saved.
   *
   * @param alone the threshold policy to simulate; it must not be used elsewhere
   * @param part fraction of its instance hours that a forecast may cost, more than 0
   */
  ForecastBudget(ThresholdPolicy alone, double part) {
    this.alone = alone;
    this.part = part;
    this.savedHoursMax = part * alone.thresholds().bounds().min() * SAVED_MAX.toHours();
  }

  void missed(Instant at) {
    alone.missed(at);
  }

  void observe(Reading reading) {
    Instant before = last;
    last = reading.at();
    if (before == null) {
      instancesAlone = reading.instances();
      return;
    }
    Decision decision = alone.decide(asAlone(reading));
    if (decision.isAction()) {
      alone.acted(reading.at());
      instancesAlone = decision.to();
    }
    Duration passed = Duration.between(before, reading.at());
    Duration known = alone.thresholds().staleAfter();
    double hours = (passed.compareTo(known) < 0 ? passed : known).toMillis() / 3.6e6;
    double earned = part * instancesAlone - (reading.instances() - instancesAlone);
    savedHours = Math.min(savedHoursMax, savedHours + hours * earned);
  }

  /** The reading as it would be if the simulated number of instances shared the same load. */
  private Reading asAlone(Reading reading) {
    int serving = Math.max(1, instancesAlone);
    return new Reading(
        reading.at(),
        instancesAlone,
        serving,
        reading.complete(),
        reading.cpu().isEmpty()
            ? reading.cpu()
            : OptionalDouble.of(reading.cpu().getAsDouble() * reading.serving() / serving),
        reading.memory(),
        reading.requestRate(),
        reading.p95Seconds(),
        reading.poolWaitSeconds());
  }

  /** Fill level of the budget, 0 to 1. At 0 nothing may be spent. */
  double level() {
    return Math.max(0, savedHours / savedHoursMax);
  }
}
