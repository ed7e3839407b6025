package dev.tideline.routing.node;

import java.time.Duration;

/** Is told what happens at the nodes. Called on the caller's thread: be quick, throw nothing. */
public interface NodeListener {

  /** A connection of a node's pool was lent after this wait. */
  default void connectionAcquired(String node, Duration wait) {}
}
