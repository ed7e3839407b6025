package dev.tideline.routing;

import dev.tideline.routing.ReplayWatch.Waiter;
import dev.tideline.routing.RoutingException.Category;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What the ways of reads and writes have in common; built and closed by the router. */
final class RouterParts implements AutoCloseable {

  private final RouterConfig config;
  private final RoutingListener listener;
  private final NodeSql sql;
  private final Cluster cluster;
  private final Epochs epochs;
  private final ReplicaSelector selector;
  private final PrimaryShield shield;
  private final List<NodeMonitor> monitors = new ArrayList<>();
  private final List<ReplayWatch> watches = new ArrayList<>();

  RouterParts(RouterConfig config, PositionLedger ledger, RoutingListener listener) {
    this.config = config;
    this.listener = listener;
    this.sql = new NodeSql(config.probes().metadataSchema());
    this.epochs = new Epochs(sql, ledger);
    this.selector = config.reads().selection().get();
    this.shield =
        new PrimaryShield(config.reads().fallbackReads(), config.pools().acquireTimeout());
    List<Node> nodes = new ArrayList<>();
    nodes.add(new Node(0, config.primary(), NodeRole.PRIMARY, config, listener));
    for (NodeAddress address : config.replicas()) {
      nodes.add(new Node(nodes.size(), address, NodeRole.REPLICA, config, listener));
    }
    this.cluster = new Cluster(nodes);
    for (Node node : nodes) {
      monitors.add(new NodeMonitor(node, cluster, epochs, sql, config.probes().interval()));
      watches.add(new ReplayWatch(node, sql));
    }
  }

  RouterConfig config() {
    return config;
  }

  RoutingListener listener() {
    return listener;
  }

  NodeSql sql() {
    return sql;
  }

  Cluster cluster() {
    return cluster;
  }

  Epochs epochs() {
    return epochs;
  }

  ReplicaSelector selector() {
    return selector;
  }

  PrimaryShield shield() {
    return shield;
  }

  List<NodeMonitor> monitors() {
    return monitors;
  }

  /** A node has failed somebody: it is out at once, and asked again soon. */
  void lost(Node node, Throwable why) {
    cluster.lost(node, why);
    monitors.get(cluster.nodes().indexOf(node)).wake();
  }

  /**
   * A connection to the primary.
   *
   * @throws RoutingException if there is none to be had
   */
  Lease leasePrimary() {
    Node primary = cluster.view().primary();
    if (primary == null || !primary.isUp()) {
      throw new RoutingException(Category.UNAVAILABLE, "the primary is away", null);
    }
    try {
      Lease lease = primary.lend(false);
      listener.writeRouted(primary.name());
      return lease;
    } catch (SQLException e) {
      boolean exhausted = primary.isExhausted();
      if (!exhausted) {
        lost(primary, e);
      }
      throw new RoutingException(
          exhausted ? Category.OVERLOADED : Category.UNAVAILABLE,
          "no connection to the primary in time",
          e);
    }
  }

  /** Waits for any of the nodes to replay a position; null if none does in time. */
  @Nullable Node awaitReplay(Position goal, Collection<Node> nodes) {
    long wait = config.reads().positionWait().toNanos();
    if (nodes.isEmpty() || wait == 0) {
      return null;
    }
    Waiter waiter = new Waiter(goal, new CompletableFuture<>());
    List<ReplayWatch> asked =
        watches.stream().filter(watch -> nodes.contains(watch.node())).toList();
    asked.forEach(watch -> watch.add(waiter));
    try {
      return waiter.reached().get(wait, TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      asked.forEach(watch -> watch.remove(waiter));
    }
  }

  @Override
  public void close() {
    watches.forEach(ReplayWatch::close);
    monitors.forEach(NodeMonitor::close);
    cluster.nodes().forEach(Node::close);
  }
}
