package dev.tideline.routing.node;

/** What a node is configured as. */
public enum NodeRole {
  PRIMARY,
  REPLICA
}
