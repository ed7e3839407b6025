package dev.tideline.routing;

import dev.tideline.routing.node.ConnectionBudget;
import dev.tideline.routing.node.HostedReplicas;
import dev.tideline.routing.node.NodeAddress;
import dev.tideline.routing.node.NodeSettings;
import dev.tideline.routing.node.Nodes;
import dev.tideline.routing.node.PoolSettings;
import dev.tideline.routing.node.ProbeSettings;
import dev.tideline.routing.route.ReadSettings;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Settings of a {@link ReadWriteRouter}.
 *
 * @param primary the node that is normally the primary; after a failover the router follows
 *     whichever node is not in recovery
 * @param replicas none to eight; with none, reads go to the primary
 * @param hosted additional replicas, behind a host name; at most eight replicas in all
 * @param budget how many connections of a server the pools of all instances may take; empty: not
 *     checked
 */
public record RouterConfig(
    NodeAddress primary,
    List<NodeAddress> replicas,
    String user,
    String password,
    PoolSettings pools,
    ReadSettings reads,
    ProbeSettings probes,
    Optional<HostedReplicas> hosted,
    Optional<ConnectionBudget> budget) {

  public static final int REPLICAS_MAX = Nodes.REPLICAS_MAX;

  public RouterConfig {
    replicas = List.copyOf(replicas);
    if (replicas.size() > REPLICAS_MAX) {
      throw new IllegalArgumentException("more than 8 replicas: " + replicas.size());
    }
    Set<String> names = new HashSet<>(Set.of(primary.name()));
    for (NodeAddress replica : replicas) {
      if (!names.add(replica.name())) {
        throw new IllegalArgumentException("duplicate node name: " + replica.name());
      }
    }
  }

  NodeSettings nodes() {
    return new NodeSettings(user, password, pools, probes, reads.maxLag(), budget);
  }

  /** The defaults of {@link PoolSettings}, {@link ReadSettings} and {@link ProbeSettings}. */
  public static RouterConfig of(
      NodeAddress primary, List<NodeAddress> replicas, String user, String password) {
    return new RouterConfig(
        primary,
        replicas,
        user,
        password,
        PoolSettings.DEFAULT,
        ReadSettings.DEFAULT,
        ProbeSettings.DEFAULT,
        Optional.empty(),
        Optional.empty());
  }

  public RouterConfig withPools(PoolSettings other) {
    return new RouterConfig(
        primary, replicas, user, password, other, reads, probes, hosted, budget);
  }

  public RouterConfig withReads(ReadSettings other) {
    return new RouterConfig(
        primary, replicas, user, password, pools, other, probes, hosted, budget);
  }

  public RouterConfig withProbes(ProbeSettings other) {
    return new RouterConfig(primary, replicas, user, password, pools, reads, other, hosted, budget);
  }

  public RouterConfig withHosted(HostedReplicas replicas) {
    return new RouterConfig(
        primary,
        this.replicas,
        user,
        password,
        pools,
        reads,
        probes,
        Optional.of(replicas),
        budget);
  }

  public RouterConfig withBudget(ConnectionBudget limit) {
    return new RouterConfig(
        primary, replicas, user, password, pools, reads, probes, hosted, Optional.of(limit));
  }

  public RouterConfig withPoolSize(int size) {
    return withPools(new PoolSettings(size, pools.acquireTimeout(), pools.statementTimeout()));
  }

  public RouterConfig withStatementTimeout(Duration timeout) {
    return withPools(new PoolSettings(pools.size(), pools.acquireTimeout(), timeout));
  }

  @Override
  public String toString() {
    return "RouterConfig[primary=%s, replicas=%s, user=%s, %s, %s]"
        .formatted(primary, replicas, user, pools, probes);
  }
}
