package dev.tideline.routing;

import dev.tideline.routing.ReplayWatch.Waiter;
import dev.tideline.routing.RoutingException.Category;
import dev.tideline.routing.sql.SessionEffects;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the ways of reads and writes have in common; built and closed by the router. */
final class RouterParts implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RouterParts.class);

  private final RouterConfig config;
  private final RoutingListener listener;
  private final NodeSql sql;
  private final Cluster cluster;
  private final Epochs epochs;
  private final ReplicaSelector selector;
  private final PrimaryShield shield;
  private final SessionEffects effects = new SessionEffects();
  private final Map<Node, NodeMonitor> monitors = new ConcurrentHashMap<>();
  private final Map<Node, ReplayWatch> watches = new ConcurrentHashMap<>();
  private final @Nullable HostWatch hostWatch;

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
    nodes.forEach(this::watch);
    this.hostWatch = config.hosted().map(hosted -> new HostWatch(hosted, this)).orElse(null);
  }

  private void watch(Node node) {
    monitors.put(node, new NodeMonitor(node, cluster, epochs, sql, config.probes()));
    watches.put(node, new ReplayWatch(node, sql));
  }

  /** A replica has appeared; it takes the first name that is free. */
  synchronized void addReplica(String url) {
    List<Node> nodes = cluster.nodes();
    if (nodes.size() > RouterConfig.REPLICAS_MAX) {
      log.warn("{} is left out: there are {} replicas already", url, RouterConfig.REPLICAS_MAX);
      return;
    }
    int slot = 1;
    while (isTaken(slot)) {
      slot++;
    }
    NodeAddress address = new NodeAddress("replica-" + slot, url);
    Node node = new Node(slot, address, NodeRole.REPLICA, config, listener);
    cluster.add(node);
    watch(node);
    log.info("{} has come: {}", node.name(), url);
  }

  private boolean isTaken(int slot) {
    String name = "replica-" + slot;
    return cluster.nodes().stream()
        .anyMatch(node -> node.bit() == 1L << slot || node.name().equals(name));
  }

  /** A replica has gone; what it has in hand may end. */
  synchronized void remove(String url) {
    for (Node node : cluster.nodes()) {
      if (node.url().equals(url)) {
        cluster.remove(node);
        unwatch(monitors.remove(node), watches.remove(node));
        node.retire();
        log.info("{} has gone: {}", node.name(), url);
      }
    }
  }

  private static void unwatch(@Nullable NodeMonitor monitor, @Nullable ReplayWatch watch) {
    if (monitor != null) {
      monitor.close();
    }
    if (watch != null) {
      watch.close();
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

  /** What statements leave in their sessions; it knows nothing until it has read a catalog. */
  SessionEffects effects() {
    return effects;
  }

  Collection<NodeMonitor> monitors() {
    return monitors.values();
  }

  /**
   * A connection of a node has failed somebody. Whether the node has failed is not known yet: its
   * monitor asks now, once for all who suspect it.
   */
  void suspect(Node node, Throwable why) {
    // An interrupt closes a virtual thread's socket: that says nothing about the node.
    boolean ours = Thread.currentThread().isInterrupted() || SqlFailure.isClosedHere(why);
    if (ours || !node.isUp()) {
      return;
    }
    log.debug("{} is suspected", node.name(), why);
    cluster.suspect(node);
    NodeMonitor monitor = monitors.get(node);
    if (monitor != null) {
      monitor.wake();
    }
  }

  /**
   * A connection to the primary, for a write.
   *
   * @throws RoutingException if there is none to be had
   */
  Lease leasePrimary() {
    Lease lease = lendPrimary();
    listener.writeRouted(lease.node().name());
    return lease;
  }

  /** A connection of a node, whose callers are watched. */
  Lease lend(Node node, boolean repeatable) throws SQLException {
    Lease lease = node.lend(repeatable);
    lease.judgeBy(effects);
    return lease;
  }

  /** The same as {@link #leasePrimary} for statements of the router's own. */
  Lease lendPrimary() {
    Node primary = cluster.view().primary();
    if (primary == null || !primary.isUp()) {
      throw new RoutingException(Category.UNAVAILABLE, "the primary is away", null);
    }
    try {
      return lend(primary, false);
    } catch (SQLException e) {
      boolean exhausted = primary.isExhausted();
      if (!exhausted) {
        suspect(primary, e);
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
        watches.values().stream().filter(watch -> nodes.contains(watch.node())).toList();
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
    if (hostWatch != null) {
      hostWatch.close();
    }
    watches.values().forEach(ReplayWatch::close);
    monitors.values().forEach(NodeMonitor::close);
    cluster.nodes().forEach(Node::close);
  }
}
