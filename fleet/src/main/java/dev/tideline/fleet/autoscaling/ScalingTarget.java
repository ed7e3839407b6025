package dev.tideline.fleet.autoscaling;

import java.util.Optional;

/** What instances are added to and taken out of. */
public interface ScalingTarget {

  /** Why it is to be left alone for now, in a sentence; empty if it is to be scaled. */
  default Optional<String> pause() {
    return Optional.empty();
  }

  /** How many there are to be, those that start included. */
  int instances();

  /**
   * Makes it so many; returns when the new ones are ready, or those that went have answered what
   * they were sent.
   *
   * @throws RuntimeException if it cannot be done; then it is as it was, or nearer
   */
  void scaleTo(int instances) throws InterruptedException;
}
