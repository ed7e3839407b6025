package dev.tideline.routing.node;

import java.time.Duration;
import java.util.Optional;

/**
 * The settings that all nodes of a cluster have in common.
 *
 * @param maxLag a replica with more lag is lagging until its lag is under four fifths of this limit
 * @param budget how many connections of a server the pools of all instances may take; empty: not
 *     checked
 */
public record NodeSettings(
    String user,
    String password,
    PoolSettings pools,
    ProbeSettings probes,
    Duration maxLag,
    Optional<ConnectionBudget> budget) {

  @Override
  public String toString() {
    return "NodeSettings[user=%s, %s, %s, maxLag=%s]".formatted(user, pools, probes, maxLag);
  }
}
