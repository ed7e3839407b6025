package dev.tideline.fleet.autoscaling;

import dev.tideline.scaling.policy.Reading;
import java.time.Instant;

/** Measures a fleet. */
@FunctionalInterface
public interface ReadingSource {

  /** What there is to know now; what cannot be known is left empty. */
  Reading read(Instant now) throws InterruptedException;
}
