package dev.tideline.engine.jobs;

import java.time.Duration;

/**
 * Work that is done from time to time. It may be killed at any point, and goes on from there when
 * it is run again; where two run at once, one of them has nothing to do.
 */
public interface Job {

  /** From a closed set; as {@code ./tideline jobs} names it. */
  String name();

  /** How long after its last end it is due. */
  Duration interval();

  /** Does what there is to do; answers how many rows changed. */
  long run();
}
