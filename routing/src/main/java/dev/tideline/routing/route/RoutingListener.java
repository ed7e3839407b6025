package dev.tideline.routing.route;

import dev.tideline.routing.node.NodeListener;
import dev.tideline.routing.node.NodeRole;
import dev.tideline.routing.sql.Classification;

/**
 * Receives the events of a router, for metrics. Called on the caller's thread: it must be fast and
 * must not throw.
 */
public interface RoutingListener extends NodeListener {

  /** Ignores all events. */
  RoutingListener NONE = new RoutingListener() {};

  /** A unit of read work was sent to a node. */
  default void readRouted(String node, NodeRole role, RouteReason reason) {}

  /** A unit of write work was sent to a node. */
  default void writeRouted(String node) {}

  /** A statement of the data source was classified. */
  default void statementClassified(Classification classification) {}

  /** A replica refused a statement that had been classified as a read. */
  default void statementLearned() {}
}
