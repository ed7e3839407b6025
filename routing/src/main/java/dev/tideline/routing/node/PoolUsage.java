package dev.tideline.routing.node;

/**
 * Connections of one node's pool at one moment.
 *
 * @param active in use by callers
 * @param idle open and free
 * @param pending callers waiting for one
 * @param max the bound on active and idle together
 */
public record PoolUsage(int active, int idle, int pending, int max) {}
