package dev.tideline.routing;

/**
 * One node as the router sees it now.
 *
 * @param up whether the last probe or statement reached it
 */
public record NodeStatus(String name, NodeRole role, boolean up, PoolUsage pool) {}
