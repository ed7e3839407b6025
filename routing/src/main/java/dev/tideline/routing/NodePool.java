package dev.tideline.routing;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * The connections to one node in one role. A replica's sessions are read-only, so that they stay so
 * if the node is promoted under them; a writing session never acknowledges a commit before it is on
 * disk, or no position taken after it would cover it.
 */
final class NodePool implements AutoCloseable {

  private static final int CONNECT_TIMEOUT_SECONDS = 2;
  private static final int IDLE_CONNECTIONS = 4;

  /** What the driver keeps of statements, for each connection; and as much of columns' names. */
  private static final String DRIVER_CACHE_MIB = "1";

  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration RETIRE_WAIT = Duration.ofSeconds(30);

  private static final String NEVER_ASYNCHRONOUS =
      """
      SELECT set_config('synchronous_commit', 'on', false)
      WHERE current_setting('synchronous_commit') = 'off'\
      """;

  private final NodeRole role;
  private volatile int size;
  private final HikariDataSource hikari;

  NodePool(NodeAddress address, NodeRole role, RouterConfig config) {
    this.role = role;
    this.size = config.pools().size();
    this.hikari = new HikariDataSource(hikariConfig(address, role, config));
  }

  private static HikariConfig hikariConfig(
      NodeAddress address, NodeRole role, RouterConfig config) {
    PoolSettings settings = config.pools();
    HikariConfig hikari = new HikariConfig();
    hikari.setPoolName(address.name());
    hikari.setJdbcUrl(address.url());
    hikari.setUsername(config.user());
    hikari.setPassword(config.password());
    hikari.setMaximumPoolSize(settings.size());
    hikari.setMinimumIdle(Math.min(settings.size(), IDLE_CONNECTIONS));
    if (settings.size() > IDLE_CONNECTIONS) {
      hikari.setIdleTimeout(IDLE_TIMEOUT.toMillis());
    }
    hikari.setConnectionTimeout(settings.acquireTimeout().toMillis());
    hikari.setValidationTimeout(PoolSettings.ACQUIRE_TIMEOUT_MIN.toMillis());
    // A service starts while a database is away, and says so on its health page.
    hikari.setInitializationFailTimeout(-1);
    Properties properties =
        connectionProperties(Math.toIntExact(settings.statementTimeout().toSeconds()));
    if (role == NodeRole.REPLICA) {
      hikari.setReadOnly(true);
      properties.setProperty("readOnlyMode", "always");
    } else {
      hikari.setConnectionInitSql(NEVER_ASYNCHRONOUS);
    }
    properties.forEach((key, value) -> hikari.addDataSourceProperty((String) key, value));
    return hikari;
  }

  static Properties connectionProperties(int readTimeoutSeconds) {
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "tideline");
    properties.setProperty("connectTimeout", Integer.toString(CONNECT_TIMEOUT_SECONDS));
    properties.setProperty("socketTimeout", Integer.toString(readTimeoutSeconds));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("preparedStatementCacheSizeMiB", DRIVER_CACHE_MIB);
    properties.setProperty("databaseMetadataCacheFieldsMiB", DRIVER_CACHE_MIB);
    return properties;
  }

  NodeRole role() {
    return role;
  }

  void resize(int connections) {
    size = connections;
    hikari.setMinimumIdle(idleWanted());
    hikari.setMaximumPoolSize(connections);
  }

  Connection acquire() throws SQLException {
    return hikari.getConnection();
  }

  /** Closes a connection instead of keeping it for others. */
  void discard(Connection connection) {
    hikari.evictConnection(connection);
  }

  /** Whether all connections that there may be are there: who gets none meets a queue, no fault. */
  boolean isFull() {
    HikariPoolMXBean state = hikari.getHikariPoolMXBean();
    return state != null && state.getTotalConnections() >= size;
  }

  /** Gives up the connections that are open now, those lent when they come back. */
  void renew() {
    HikariPoolMXBean state = hikari.getHikariPoolMXBean();
    if (state != null) {
      state.softEvictConnections();
    }
  }

  PoolUsage usage() {
    HikariPoolMXBean state = hikari.getHikariPoolMXBean();
    return state == null
        ? new PoolUsage(0, 0, 0, size)
        : new PoolUsage(
            state.getActiveConnections(),
            state.getIdleConnections(),
            state.getThreadsAwaitingConnection(),
            size);
  }

  /** Connections that are kept open when nothing is asked. */
  int idleWanted() {
    return Math.min(size, IDLE_CONNECTIONS);
  }

  /** Closes in the background, when what it has lent is back. */
  void retire() {
    Thread.ofVirtual()
        .name("retire-" + hikari.getPoolName())
        .start(() -> {
          renew();
          long deadline = System.nanoTime() + RETIRE_WAIT.toNanos();
          try {
            while (usage().active() > 0 && System.nanoTime() < deadline) {
              TimeUnit.MILLISECONDS.sleep(50);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          hikari.close();
        });
  }

  @Override
  public void close() {
    hikari.close();
  }
}
