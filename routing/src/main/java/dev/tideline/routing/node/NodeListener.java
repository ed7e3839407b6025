package dev.tideline.routing.node;

import java.time.Duration;

/**
 * Receives the events of nodes. Called on the caller's thread: it must be fast and must not throw.
 */
public interface NodeListener {

  /** A connection of a node's pool was acquired after this wait. */
  default void connectionAcquired(String node, Duration wait) {}
}
