package dev.tideline.routing;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One PostgreSQL server: its pool, and whether it is believed to be there. Thread-safe. */
final class Node implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Node.class);

  private static final int CONNECT_TIMEOUT_SECONDS = 2;
  private static final int PROBE_TIMEOUT_SECONDS = 2;
  private static final int IDLE_CONNECTIONS = 4;
  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(1);

  private final NodeAddress address;
  private final NodeRole role;
  private final RouterConfig config;
  private final HikariDataSource pool;
  private volatile boolean up = true;

  Node(NodeAddress address, NodeRole role, RouterConfig config) {
    this.address = address;
    this.role = role;
    this.config = config;
    this.pool = new HikariDataSource(poolConfig());
  }

  private HikariConfig poolConfig() {
    HikariConfig hikari = new HikariConfig();
    hikari.setPoolName(address.name());
    hikari.setJdbcUrl(address.url());
    hikari.setUsername(config.user());
    hikari.setPassword(config.password());
    hikari.setMaximumPoolSize(config.poolSize());
    hikari.setMinimumIdle(Math.min(config.poolSize(), IDLE_CONNECTIONS));
    if (config.poolSize() > IDLE_CONNECTIONS) {
      hikari.setIdleTimeout(IDLE_TIMEOUT.toMillis());
    }
    hikari.setConnectionTimeout(config.acquireTimeout().toMillis());
    hikari.setValidationTimeout(RouterConfig.ACQUIRE_TIMEOUT_MIN.toMillis());
    // The service starts while a database is away, and says so on /health.
    hikari.setInitializationFailTimeout(-1);
    hikari.setReadOnly(role == NodeRole.REPLICA);
    connectionProperties(Math.toIntExact(config.statementTimeout().toSeconds()))
        .forEach((key, value) -> hikari.addDataSourceProperty((String) key, value));
    return hikari;
  }

  private static Properties connectionProperties(int readTimeoutSeconds) {
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "tideline");
    properties.setProperty("connectTimeout", Integer.toString(CONNECT_TIMEOUT_SECONDS));
    properties.setProperty("socketTimeout", Integer.toString(readTimeoutSeconds));
    properties.setProperty("tcpKeepAlive", "true");
    return properties;
  }

  String name() {
    return address.name();
  }

  NodeRole role() {
    return role;
  }

  boolean isUp() {
    return up;
  }

  void markDown(Throwable why) {
    if (up) {
      up = false;
      log.warn("{} is away: {}", name(), SqlFailure.message(why));
    }
  }

  private void markUp() {
    if (!up) {
      pool.getHikariPoolMXBean().softEvictConnections(); // those from before may be dead
      up = true;
      log.info("{} is back", name());
    }
  }

  Connection acquire(RoutingListener listener) throws SQLException {
    long start = System.nanoTime();
    Connection connection = pool.getConnection();
    listener.connectionAcquired(name(), Duration.ofNanos(System.nanoTime() - start));
    return connection;
  }

  /** Whether a failed {@link #acquire} met a full pool of a node that is there. */
  boolean isExhausted() {
    HikariPoolMXBean state = pool.getHikariPoolMXBean();
    return up && state != null && state.getActiveConnections() >= config.poolSize();
  }

  /** Asks the node once, on a connection outside the pool, and remembers the answer. */
  void probe() {
    Properties properties = connectionProperties(PROBE_TIMEOUT_SECONDS);
    properties.setProperty("user", config.user());
    properties.setProperty("password", config.password());
    try (Connection connection = DriverManager.getConnection(address.url(), properties);
        var statement = connection.createStatement();
        var answer = statement.executeQuery("SELECT pg_is_in_recovery()")) {
      answer.next();
      if (role == NodeRole.PRIMARY && answer.getBoolean(1)) {
        markDown(new SQLException("the node configured as primary is a standby"));
      } else {
        markUp();
      }
    } catch (SQLException e) {
      markDown(e);
    }
  }

  NodeStatus status() {
    HikariPoolMXBean state = pool.getHikariPoolMXBean();
    PoolUsage usage =
        state == null
            ? new PoolUsage(0, 0, 0, config.poolSize())
            : new PoolUsage(
                state.getActiveConnections(),
                state.getIdleConnections(),
                state.getThreadsAwaitingConnection(),
                config.poolSize());
    return new NodeStatus(name(), role, up, usage);
  }

  /** Opens a pool's first connections, for as long as the wait says at most. */
  void fill(Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    int wanted = Math.min(config.poolSize(), IDLE_CONNECTIONS);
    while (up && System.nanoTime() < deadline && status().pool().idle() < wanted) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
