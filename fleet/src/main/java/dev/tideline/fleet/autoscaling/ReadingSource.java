package dev.tideline.fleet.autoscaling;

import dev.tideline.scaling.policy.Reading;
import java.time.Instant;

/** Takes readings of a fleet. */
@FunctionalInterface
public interface ReadingSource {

  /** Takes a reading now. Signals that cannot be measured are empty. */
  Reading read(Instant now) throws InterruptedException;
}
