package dev.tideline.routing.route;

import dev.tideline.routing.node.ReplicaCandidate;
import java.util.List;

/**
 * Chooses who takes a read. Called for each read, on the caller's thread: be quick. Thread-safe.
 */
@FunctionalInterface
public interface ReplicaSelector {

  /**
   * The index of the chosen one.
   *
   * @param candidates at least two, all fit to be read; the list is immutable and stays the same
   *     object until a replica comes or goes
   */
  int select(List<? extends ReplicaCandidate> candidates);
}
