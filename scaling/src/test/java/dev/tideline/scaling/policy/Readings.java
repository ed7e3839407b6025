package dev.tideline.scaling.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;

/** Readings of a fleet, a quarter of a minute apart, each signal in between the limits at first. */
final class Readings {

  static final Duration STEP = Duration.ofSeconds(15);
  static final double CAPACITY = 100;

  Instant now = Instant.parse("2026-11-23T10:00:00Z");
  int instances = 4;
  int serving = Integer.MAX_VALUE;
  boolean complete = true;
  OptionalDouble cpu = OptionalDouble.of(0.5);
  OptionalDouble memory = OptionalDouble.of(0.6);
  OptionalDouble rateShare = OptionalDouble.of(0.6);
  OptionalDouble p95 = OptionalDouble.of(0.2);
  OptionalDouble poolWait = OptionalDouble.of(0);

  Readings set(Signal signal, double value) {
    OptionalDouble given = Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    switch (signal) {
      case CPU -> cpu = given;
      case MEMORY -> memory = given;
      case REQUEST_RATE -> rateShare = given;
      case LATENCY -> p95 = given;
    }
    return this;
  }

  /** All signals below the limits for fewer. */
  Readings idle() {
    return set(Signal.CPU, 0.29)
        .set(Signal.MEMORY, 0.49)
        .set(Signal.REQUEST_RATE, 0.39)
        .set(Signal.LATENCY, 0.099);
  }

  Reading next() {
    now = now.plus(STEP);
    int answering = Math.min(serving, instances);
    return new Reading(
        now,
        instances,
        answering,
        complete,
        cpu,
        memory,
        rateShare.isPresent()
            ? OptionalDouble.of(rateShare.getAsDouble() * answering * CAPACITY)
            : OptionalDouble.empty(),
        p95,
        poolWait);
  }

  /** The last decision of so long, none of which is carried out. */
  Decision pass(ScalingPolicy policy, Duration length) {
    Decision last = policy.decide(next());
    for (long i = 1; i < length.dividedBy(STEP); i++) {
      last = policy.decide(next());
    }
    return last;
  }
}
