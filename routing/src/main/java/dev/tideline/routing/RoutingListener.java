package dev.tideline.routing;

import java.time.Duration;

/**
 * Told of what a router does, for metrics. Called on the caller's thread: be quick, throw nothing.
 */
public interface RoutingListener {

  /** Hears nothing. */
  RoutingListener NONE = new RoutingListener() {};

  /** A unit of read work was given to a node. */
  default void readRouted(String node, NodeRole role, RouteReason reason) {}

  /** A unit of write work was given to a node. */
  default void writeRouted(String node) {}

  /** A connection of a node's pool was lent after this wait. */
  default void connectionAcquired(String node, Duration wait) {}
}
