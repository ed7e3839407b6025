package dev.tideline.scaling.policy;

import java.time.Instant;

/**
 * Decides from successive readings how many instances a fleet should have. It keeps the history it
 * needs and takes the time only from its arguments. Not thread-safe.
 */
public interface ScalingPolicy {

  /** Decides what to do now. A decision that is not carried out is made again. */
  Decision decide(Reading reading);

  /**
   * Called when an action was carried out. Also call it after a restart with the time of the last
   * action, so that its cooldown still applies.
   */
  void acted(Instant at);

  /**
   * Called when no reading could be taken at that time. Conditions for removing an instance that
   * must last for some time start over.
   */
  void missed(Instant at);
}
