package dev.tideline.scaling.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What a forecast may cost: a part of the instance hours that thresholds alone would have used.
 * These are played beside what happens, on readings as they would have been then. What is not spent
 * is saved up. Not thread-safe.
 */
final class ForecastBudget {

  /** No more is saved than the minimum of instances earns in this time. */
  private static final Duration SAVED_MAX = Duration.ofDays(10);

  private final ThresholdPolicy alone;
  private final double part;
  private final double savedHoursMax;
  private double savedHours;
  private int instancesAlone;
  private @Nullable Instant last;

  /**
   * Nothing is saved at first.
   *
   * @param alone the thresholds, which are not told what forecasts do
   * @param part of their instance hours, more than 0
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

  /** The same work, shared out among as many as there would be. */
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

  /** How full it is, 0 to 1; nothing may be spent at 0. */
  double level() {
    return Math.max(0, savedHours / savedHoursMax);
  }
}
