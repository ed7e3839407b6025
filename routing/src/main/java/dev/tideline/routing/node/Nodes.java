package dev.tideline.routing.node;

import dev.tideline.routing.node.ReplayWatch.Waiter;
import dev.tideline.routing.node.RoutingException.Category;
import dev.tideline.routing.sql.SessionEffects;
import dev.tideline.routing.token.Position;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes of a cluster, with the threads that monitor them. Thread-safe; opened and closed by the
 * router.
 */
public final class Nodes implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Nodes.class);

  public static final int REPLICAS_MAX = 8;

  private static final Duration FIRST_PROBE_WAIT = Duration.ofSeconds(3);

  private final NodeSettings settings;
  private final NodeListener listener;
  private final NodeSql sql;
  private final Cluster cluster;
  private final Epochs epochs;
  private final SessionEffects effects = new SessionEffects();
  private final Map<Node, NodeMonitor> monitors = new ConcurrentHashMap<>();
  private final Map<Node, ReplayWatch> watches = new ConcurrentHashMap<>();
  private @Nullable HostWatch hostWatch;

  private Nodes(
      NodeAddress primary,
      List<NodeAddress> replicas,
      NodeSettings settings,
      PositionLedger ledger,
      NodeListener listener) {
    this.settings = settings;
    this.listener = listener;
    this.sql = new NodeSql(settings.probes().metadataSchema());
    this.epochs = new Epochs(sql, ledger);
    List<Node> nodes = new ArrayList<>();
    nodes.add(new Node(0, primary, NodeRole.PRIMARY, settings, listener));
    for (NodeAddress address : replicas) {
      nodes.add(new Node(nodes.size(), address, NodeRole.REPLICA, settings, listener));
    }
    this.cluster = new Cluster(nodes);
    nodes.forEach(this::watch);
  }

  /**
   * Opens the pools and probes each node once. It does not fail if a node is down: the node is
   * probed again.
   *
   * @param hosted additional replicas that are resolved from a host name
   * @throws ConnectionBudget.ExceededException if the pools would take more connections of a server
   *     than the budget allows
   * @throws InterruptedException if interrupted while it waits for the first answers, at most 3 s
   */
  public static Nodes open(
      NodeAddress primary,
      List<NodeAddress> replicas,
      Optional<HostedReplicas> hosted,
      NodeSettings settings,
      PositionLedger ledger,
      NodeListener listener)
      throws InterruptedException {
    Nodes nodes = new Nodes(primary, replicas, settings, ledger, listener);
    nodes.hostWatch = hosted.map(name -> new HostWatch(name, nodes)).orElse(null);
    for (NodeMonitor monitor : nodes.monitors.values()) {
      monitor.awaitFirstProbe(FIRST_PROBE_WAIT);
    }
    try {
      nodes.all().forEach(node -> node.pool().checkBudget());
    } catch (ConnectionBudget.ExceededException e) {
      nodes.close();
      throw e;
    }
    for (Node node : nodes.all()) {
      if (node.isUp()) {
        node.pool().fill(FIRST_PROBE_WAIT);
      }
    }
    return nodes;
  }

  private void watch(Node node) {
    monitors.put(node, new NodeMonitor(node, cluster, epochs, sql, settings.probes()));
    watches.put(node, new ReplayWatch(node, sql));
  }

  /** Adds a replica; it gets the first name that is free. */
  synchronized void addReplica(String url) {
    List<Node> nodes = cluster.nodes();
    if (nodes.size() > REPLICAS_MAX) {
      log.warn("{} is not added: there are already {} replicas", url, REPLICAS_MAX);
      return;
    }
    int slot = 1;
    while (isTaken(slot)) {
      slot++;
    }
    NodeAddress address = new NodeAddress("replica-" + slot, url);
    Node node = new Node(slot, address, NodeRole.REPLICA, settings, listener);
    cluster.add(node);
    watch(node);
    log.info("{} added: {}", node.name(), url);
  }

  private boolean isTaken(int slot) {
    String name = "replica-" + slot;
    return cluster.nodes().stream()
        .anyMatch(node -> node.bit() == 1L << slot || node.name().equals(name));
  }

  /** Removes a replica; its work in progress may finish. */
  synchronized void remove(String url) {
    for (Node node : cluster.nodes()) {
      if (node.url().equals(url)) {
        cluster.remove(node);
        unwatch(monitors.remove(node), watches.remove(node));
        node.retire();
        log.info("{} removed: {}", node.name(), url);
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

  /** All nodes, the configured primary first. */
  public List<Node> all() {
    return cluster.nodes();
  }

  /** The current view of the cluster. */
  public Cluster.View view() {
    return cluster.view();
  }

  public boolean hasReplicas() {
    return cluster.hasReplicas();
  }

  public List<NodeStatus> status() {
    return cluster.status();
  }

  /** The longest wait for a connection. */
  public Duration acquireTimeout() {
    return settings.pools().acquireTimeout();
  }

  public NodeSql sql() {
    return sql;
  }

  public Epochs epochs() {
    return epochs;
  }

  /**
   * Determines what statements leave in their sessions; it knows nothing until it has read a
   * catalog.
   */
  public SessionEffects effects() {
    return effects;
  }

  /** Probes all nodes now. */
  public void probe() {
    monitors.values().forEach(NodeMonitor::wake);
  }

  /**
   * Called when a connection of a node has failed. It is not known yet whether the node has failed:
   * its monitor polls now, once for all callers that suspect it.
   */
  public void suspect(Node node, Throwable why) {
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

  /** Leases a connection to a node; what callers run on it is tracked. */
  public Lease lend(Node node, boolean repeatable) throws SQLException {
    Lease lease = node.lend(repeatable);
    lease.trackWith(effects);
    return lease;
  }

  /**
   * Leases a connection to the primary.
   *
   * @throws RoutingException if none is available
   */
  public Lease lendPrimary() {
    Node primary = cluster.view().primary();
    if (primary == null || !primary.isUp()) {
      throw new RoutingException(Category.UNAVAILABLE, "the primary is down", null);
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
  public @Nullable Node awaitReplay(Position goal, Collection<Node> nodes, Duration timeout) {
    if (nodes.isEmpty() || timeout.isZero()) {
      return null;
    }
    Waiter waiter = new Waiter(goal, new CompletableFuture<>());
    List<ReplayWatch> asked =
        watches.values().stream().filter(watch -> nodes.contains(watch.node())).toList();
    asked.forEach(watch -> watch.add(waiter));
    try {
      return waiter.reached().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
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
