package dev.tideline.routing.node;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one node in one role. Opens none before {@link #open} or the first {@link
 * #acquire}. Thread-safe.
 */
public final class NodePool implements AutoCloseable {

  private static final int IDLE_CONNECTIONS = 4;

  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration RETIRE_WAIT = Duration.ofSeconds(30);
  private static final int RETURNS_POLL_MILLIS = 50;

  /** Set even if the value is already right: the server's default may change during a session. */
  private static final String NEVER_ASYNCHRONOUS =
      """
      SELECT set_config('synchronous_commit', CASE now.value WHEN 'off' THEN 'on' ELSE now.value END, false)
      FROM (SELECT current_setting('synchronous_commit') AS value) AS now\
      """;

  private static final String READ_ONLY = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY";

  private final NodeRole role;
  private final NodeSource source;
  private final HikariConfig config;
  private volatile int size;
  private volatile int withheld;
  private volatile @Nullable HikariDataSource hikari;

  /**
   * Creates the pool without opening connections.
   *
   * @param size most connections, 1 or more
   */
  NodePool(
      NodeAddress address,
      NodeConnector connector,
      NodeRole role,
      PoolSettings settings,
      int size) {
    this.role = role;
    this.source = new NodeSource(connector, role);
    this.size = size;
    this.config = new HikariConfig();
    config.setPoolName(address.name());
    config.setDataSource(source);
    config.setReadOnly(role == NodeRole.REPLICA);
    config.setConnectionTimeout(settings.acquireTimeout().toMillis());
    config.setValidationTimeout(PoolSettings.ACQUIRE_TIMEOUT_MIN.toMillis());
    // A service starts while a database is down, and reports it in its health check.
    config.setInitializationFailTimeout(-1);
  }

  NodeRole role() {
    return role;
  }

  /** Opens the first connections in the background, unless the pool is already open. */
  HikariDataSource open() {
    HikariDataSource open = hikari;
    return open == null ? openOnce() : open;
  }

  private synchronized HikariDataSource openOnce() {
    HikariDataSource open = hikari;
    if (open == null) {
      fit(config);
      open = new HikariDataSource(config);
      hikari = open;
    }
    return open;
  }

  private void fit(HikariConfigMXBean held) {
    held.setMaximumPoolSize(room());
    held.setMinimumIdle(Math.min(room(), IDLE_CONNECTIONS));
    if (room() > IDLE_CONNECTIONS) {
      held.setIdleTimeout(IDLE_TIMEOUT.toMillis());
    }
  }

  /** The size that is left while its predecessor still has connections. */
  private int room() {
    return Math.max(1, size - withheld);
  }

  synchronized void resize(int connections) {
    size = connections;
    refit();
  }

  private synchronized void withhold(int connections) {
    withheld = connections;
    refit();
  }

  private void refit() {
    HikariDataSource open = hikari;
    if (open != null) {
      fit(open);
    }
  }

  /**
   * Waits for a connection.
   *
   * @throws SQLException if none became free in time, or at once if the server refuses a new one
   *     and there is none to wait for
   */
  Connection acquire() throws SQLException {
    SQLException refusal = source.refusal();
    if (refusal != null && total() == 0) {
      throw new SQLException(refusal.getMessage(), refusal.getSQLState(), refusal);
    }
    return open().getConnection();
  }

  /** Closes a leased connection instead of returning it to the pool. */
  void discard(Connection connection) {
    open().evictConnection(connection);
  }

  /** Resets all session state of a connection; returns whether that succeeded. */
  boolean reset(Connection connection) {
    try (Statement statement = connection.createStatement()) {
      if (!connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      statement.execute("DISCARD ALL");
      statement.execute(role == NodeRole.REPLICA ? READ_ONLY : NEVER_ASYNCHRONOUS);
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  /**
   * Whether no more connections can be opened, by the pool's limit or the server's. A caller that
   * gets none has met a queue, not a failure of the node.
   */
  boolean isExhausted() {
    return source.refusal() != null || total() >= room();
  }

  private @Nullable HikariPoolMXBean state() {
    HikariDataSource open = hikari;
    return open == null ? null : open.getHikariPoolMXBean();
  }

  private int total() {
    HikariPoolMXBean state = state();
    return state == null ? 0 : state.getTotalConnections();
  }

  PoolUsage usage() {
    HikariPoolMXBean state = state();
    return state == null
        ? new PoolUsage(0, 0, 0, size)
        : new PoolUsage(
            state.getActiveConnections(),
            state.getIdleConnections(),
            state.getThreadsAwaitingConnection(),
            size);
  }

  /** Whether it has the connections that are kept open while idle. */
  boolean isFilled() {
    return usage().idle() >= Math.min(room(), IDLE_CONNECTIONS) || isExhausted();
  }

  /** Closes in the background once all leased connections are returned, without a successor. */
  void retire() {
    retire(lent -> {});
  }

  /**
   * Like {@link #retire()}; until then the successor's size is reduced by the connections still
   * leased.
   */
  void retireFor(NodePool successor) {
    successor.withhold(usage().active());
    retire(successor::withhold);
  }

  private void retire(IntConsumer stillLent) {
    Thread.ofVirtual()
        .name("retire-" + config.getPoolName())
        .start(() -> {
          HikariPoolMXBean state = state();
          if (state != null) {
            state.softEvictConnections();
          }
          awaitReturns(stillLent);
          close();
          stillLent.accept(0);
        });
  }

  /** Waits for at least one pause: a caller may be about to acquire a connection. */
  private void awaitReturns(IntConsumer stillLent) {
    long deadline = System.nanoTime() + RETIRE_WAIT.toNanos();
    try {
      do {
        stillLent.accept(usage().active());
        TimeUnit.MILLISECONDS.sleep(RETURNS_POLL_MILLIS);
      } while (usage().active() > 0 && System.nanoTime() < deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public synchronized void close() {
    HikariDataSource open = hikari;
    if (open == null) {
      open = new HikariDataSource(); // once closed it refuses callers; it has opened nothing
      hikari = open;
    }
    open.close();
  }
}
