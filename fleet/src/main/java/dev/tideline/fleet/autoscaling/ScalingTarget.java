package dev.tideline.fleet.autoscaling;

import java.util.Optional;

/** A set of instances that can be scaled. */
public interface ScalingTarget {

  /** Why the target must not be scaled now, in a sentence; empty if it may be scaled. */
  default Optional<String> pause() {
    return Optional.empty();
  }

  /** The desired number of instances, including those that are starting. */
  int instances();

  /**
   * Scales to that number of instances. Returns when the new instances are ready, or the removed
   * ones have answered their requests.
   *
   * @throws RuntimeException if it fails; the number of instances is then unchanged or closer to
   *     the desired number
   */
  void scaleTo(int instances) throws InterruptedException;
}
