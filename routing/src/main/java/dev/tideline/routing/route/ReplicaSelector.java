package dev.tideline.routing.route;

import dev.tideline.routing.node.ReplicaCandidate;
import java.util.List;

/**
 * Chooses the replica for a read. Called for each read on the caller's thread, so it must be fast.
 * Thread-safe.
 */
@FunctionalInterface
public interface ReplicaSelector {

  /**
   * Returns the index of the chosen replica.
   *
   * @param candidates at least two, all usable; the list is immutable and stays the same object
   *     until the usable replicas change
   */
  int select(List<? extends ReplicaCandidate> candidates);
}
