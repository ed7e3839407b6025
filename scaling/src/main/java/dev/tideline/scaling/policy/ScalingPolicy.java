package dev.tideline.scaling.policy;

import java.time.Instant;

/**
 * Decides by what is measured, reading after reading. It keeps the readings it needs; times come
 * from the readings alone. Not thread-safe.
 */
public interface ScalingPolicy {

  /** What is to be done now; a decision that is not carried out is made again. */
  Decision decide(Reading reading);

  /**
   * An action was carried out; also to be told after a restart, of the last one there was, so that
   * no cooldown is forgotten.
   */
  void acted(Instant at);

  /**
   * No reading could be taken at that time. Where a policy waits for something to last, one that
   * waits for fewer instances begins anew.
   */
  void missed(Instant at);
}
