package dev.tideline.routing.route;

import dev.tideline.routing.node.NodeListener;
import dev.tideline.routing.node.NodeRole;
import dev.tideline.routing.sql.Classification;

/**
 * Is told what a router does, for metrics. Called on the caller's thread: be quick, throw nothing.
 */
public interface RoutingListener extends NodeListener {

  /** Hears nothing. */
  RoutingListener NONE = new RoutingListener() {};

  /** A unit of read work was given to a node. */
  default void readRouted(String node, NodeRole role, RouteReason reason) {}

  /** A unit of write work was given to a node. */
  default void writeRouted(String node) {}

  /** A statement of the data source was told to be a read or not. */
  default void statementClassified(Classification classification) {}

  /** A replica refused a statement that had been taken for a read. */
  default void statementLearned() {}
}
