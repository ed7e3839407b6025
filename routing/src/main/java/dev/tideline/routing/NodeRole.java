package dev.tideline.routing;

/** What a node is configured as. */
public enum NodeRole {
  PRIMARY,
  REPLICA
}
