package dev.tideline.routing.node;

import dev.tideline.routing.token.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches one replica's replay for all waiting callers, with one connection and one poll that they
 * share. While no caller waits, it does not poll. From PostgreSQL 19 on, the server does the
 * waiting.
 */
final class ReplayWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ReplayWatch.class);

  private static final Duration POLL_PAUSE = Duration.ofMillis(1);
  private static final Duration TROUBLE_PAUSE = Duration.ofMillis(50);
  private static final int WAIT_FOR_LSN_SINCE = 19;

  /** A caller that waits for any of several replicas to reach a position. */
  record Waiter(Position goal, CompletableFuture<Node> reached) {
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  private final Node node;
  private final NodeSql sql;
  private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
  private final BackgroundLoop loop;
  private volatile boolean closed;
  private @Nullable Connection connection;
  private boolean serverWaits;

  ReplayWatch(Node node, NodeSql sql) {
    this.node = node;
    this.sql = sql;
    this.loop = BackgroundLoop.start("replay-" + node.name(), this::round);
  }

  Node node() {
    return node;
  }

  void add(Waiter waiter) {
    waiters.add(waiter);
    loop.wake();
  }

  void remove(Waiter waiter) {
    waiters.remove(waiter);
  }

  private boolean round() {
    if (closed) {
      disconnect();
      return false;
    }
    if (waiters.isEmpty()) {
      LockSupport.park(this);
    } else {
      LockSupport.parkNanos(this, look().toNanos());
    }
    return true;
  }

  private Duration look() {
    try {
      Connection open = connection();
      Position position = sql.position(open).position();
      node.reached(position);
      waiters.removeIf(waiter ->
          waiter.goal().isReachedBy(position.epoch(), position.lsn())
              && waiter.reached().complete(node));
      return serverWaits && letServerWait(open) ? Duration.ZERO : POLL_PAUSE;
    } catch (SQLException e) {
      log.debug("cannot watch the replay of {}", node.name(), e);
      disconnect();
      return TROUBLE_PAUSE;
    }
  }

  private Connection connection() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = node.connectForPolls();
      serverWaits = open.getMetaData().getDatabaseMajorVersion() >= WAIT_FOR_LSN_SINCE;
      connection = open;
    }
    return open;
  }

  /**
   * Lets the server wait for the nearest goal, only briefly because a nearer one may be added.
   * Returns whether it did.
   */
  private boolean letServerWait(Connection open) {
    long nearest =
        waiters.stream().mapToLong(waiter -> waiter.goal().lsn()).min().orElse(Long.MAX_VALUE);
    if (nearest == Long.MAX_VALUE) {
      return false;
    }
    try (Statement statement = open.createStatement()) {
      return statement.execute(
          "WAIT FOR LSN '%s' WITH (TIMEOUT '5ms', NO_THROW)"
              .formatted(LogSequenceNumber.valueOf(nearest).asString()));
    } catch (SQLException e) {
      log.info("{} cannot wait for a position; it is polled instead", node.name(), e);
      serverWaits = false;
      return false;
    }
  }

  private void disconnect() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        log.debug("{} did not close cleanly", node.name(), e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    loop.wake();
  }
}
