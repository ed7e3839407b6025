package dev.tideline.routing;

import dev.tideline.routing.RoutingException.Category;
import dev.tideline.routing.RoutingListener.ReadReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives reads to the replicas by turns and writes to the primary.
 *
 * <p>A read that meets a dead node is run again on the next one, the primary last; so its work must
 * be repeatable and must change nothing. A node found dead gets nothing more until a probe has
 * reached it. A write is run once: when the primary is lost under it, whether it was committed is
 * unknown, and {@link RoutingException} says {@code UNAVAILABLE}.
 *
 * <p>Thread-safe. Meant for virtual threads: a caller blocks while it waits for a connection, for
 * the acquire timeout at most.
 */
public final class ReadWriteRouter implements AutoCloseable {

  private static final Duration FIRST_PROBE_WAIT = Duration.ofSeconds(3);

  private final Node primary;
  private final List<Node> replicas;
  private final NodeMonitor monitor;
  private final RoutingListener listener;
  private final AtomicInteger turn = new AtomicInteger();

  private ReadWriteRouter(RouterConfig config, RoutingListener listener) {
    this.listener = listener;
    this.primary = new Node(config.primary(), NodeRole.PRIMARY, config);
    this.replicas =
        config.replicas().stream()
            .map(address -> new Node(address, NodeRole.REPLICA, config))
            .toList();
    this.monitor = new NodeMonitor(all().toList(), config.probeInterval());
  }

  /**
   * Opens the pools and asks each node once. Nodes that are away do not make it fail: they are
   * probed on.
   *
   * @throws InterruptedException if interrupted while it waits for the nodes' first answers, 3 s at
   *     most
   */
  public static ReadWriteRouter open(RouterConfig config, RoutingListener listener)
      throws InterruptedException {
    ReadWriteRouter router = new ReadWriteRouter(config, listener);
    router.monitor.awaitFirstProbes(FIRST_PROBE_WAIT);
    for (Node node : router.all().toList()) {
      node.fill(FIRST_PROBE_WAIT);
    }
    return router;
  }

  /**
   * Runs repeatable, read-only work on a replica, or on another node if that one is lost.
   *
   * @throws RoutingException if no node could do it
   */
  public <T extends @Nullable Object, X extends Exception> T read(SqlWork<T, X> work)
      throws SQLException, X {
    Throwable last = null;
    boolean exhausted = false;
    for (Node node : readOrder()) {
      Connection connection;
      try {
        connection = node.acquire(listener);
      } catch (SQLException e) {
        last = e;
        exhausted |= refused(node, e) == Category.OVERLOADED;
        continue;
      }
      listener.readRouted(node.name(), node.role(), reason(node, last));
      try (connection) {
        return work.run(connection);
      } catch (Exception e) {
        switch (SqlFailure.of(e)) {
          case NODE_LOST -> node.markDown(e);
          case ELSEWHERE -> {}
          case STATEMENT -> throw e;
        }
        last = e;
      }
    }
    throw exhausted
        ? new RoutingException(Category.OVERLOADED, "every database connection is in use", last)
        : new RoutingException(Category.UNAVAILABLE, "no database node can be read", last);
  }

  /**
   * Runs work on the primary, once.
   *
   * @throws RoutingException if the primary is away, or was lost before the work returned
   */
  public <T extends @Nullable Object, X extends Exception> T write(SqlWork<T, X> work)
      throws SQLException, X {
    if (!primary.isUp()) {
      throw new RoutingException(Category.UNAVAILABLE, "the primary is away", null);
    }
    Connection connection;
    try {
      connection = primary.acquire(listener);
    } catch (SQLException e) {
      throw new RoutingException(refused(primary, e), "no connection to the primary in time", e);
    }
    listener.writeRouted(primary.name());
    try (connection) {
      return work.run(connection);
    } catch (Exception e) {
      SqlFailure failure = SqlFailure.of(e);
      if (failure == SqlFailure.STATEMENT) {
        throw e;
      }
      if (failure == SqlFailure.NODE_LOST) {
        primary.markDown(e);
      }
      throw new RoutingException(Category.UNAVAILABLE, "the primary was lost under a write", e);
    }
  }

  /** Every node, the primary first, as it is now. */
  public List<NodeStatus> nodes() {
    return all().map(Node::status).toList();
  }

  /**
   * Replicas that are up by turns, then the primary, then those believed dead: the belief may be
   * old.
   */
  private List<Node> readOrder() {
    List<Node> order = new ArrayList<>(replicas.size() + 1);
    List<Node> doubtful = new ArrayList<>();
    int first = Math.floorMod(turn.getAndIncrement(), Math.max(1, replicas.size()));
    for (int i = 0; i < replicas.size(); i++) {
      Node replica = replicas.get((first + i) % replicas.size());
      (replica.isUp() ? order : doubtful).add(replica);
    }
    if (order.isEmpty() && !primary.isUp()) {
      order.addAll(doubtful);
      order.add(primary);
    } else if (primary.isUp()) {
      order.add(primary);
    }
    return order;
  }

  private static ReadReason reason(Node node, @Nullable Throwable last) {
    if (last != null) {
      return ReadReason.REPEATED;
    }
    return node.role() == NodeRole.REPLICA ? ReadReason.BALANCED : ReadReason.NO_REPLICA;
  }

  private static Category refused(Node node, SQLException e) {
    if (node.isExhausted()) {
      return Category.OVERLOADED;
    }
    node.markDown(e);
    return Category.UNAVAILABLE;
  }

  private Stream<Node> all() {
    return Stream.concat(Stream.of(primary), replicas.stream());
  }

  @Override
  public void close() {
    monitor.close();
    all().forEach(Node::close);
  }
}
