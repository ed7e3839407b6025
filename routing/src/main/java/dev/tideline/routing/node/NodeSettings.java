package dev.tideline.routing.node;

import java.time.Duration;
import java.util.Optional;

/**
 * What all nodes of a cluster have in common.
 *
 * @param maxLag a replica past it is lagging until it is under four fifths of it
 * @param budget what the pools of all instances may take of a server; empty: unchecked
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
