package dev.tideline.routing.node;

/** The role of a node in the cluster; a promotion changes it. */
public enum NodeRole {
  PRIMARY,
  REPLICA
}
