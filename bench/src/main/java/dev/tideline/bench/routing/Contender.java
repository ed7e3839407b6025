package dev.tideline.bench.routing;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.RouterConfig;
import dev.tideline.routing.node.NodeAddress;
import dev.tideline.routing.node.NodeRole;
import dev.tideline.routing.node.PoolSettings;
import dev.tideline.routing.route.RouteReason;
import dev.tideline.routing.route.RoutingListener;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.apache.shardingsphere.driver.api.yaml.YamlShardingSphereDataSourceFactory;
import software.amazon.jdbc.ConnectionProviderManager;
import software.amazon.jdbc.Driver;
import software.amazon.jdbc.HikariPooledConnectionProvider;
import software.amazon.jdbc.ds.AwsWrapperDataSource;
import software.amazon.jdbc.util.HikariCPSQLException;

/**
 * A data source to measure. All have HikariCP pools of the same size, the same driver and the same
 * time-outs.
 */
enum Contender {
  /** A bare pool on the first replica: the floor. */
  HIKARI {
    @Override
    Opened open(Endpoint endpoint) {
      HikariConfig config = pool(endpoint);
      config.setJdbcUrl(endpoint.url(1) + "?" + TIMEOUTS);
      HikariDataSource source = new HikariDataSource(config);
      return new Opened(source, source);
    }
  },

  /** Reads found by SQL. */
  TIDELINE {
    @Override
    Opened open(Endpoint endpoint) throws Exception {
      List<NodeAddress> replicas = new ArrayList<>();
      for (int i = 1; i <= endpoint.replicas(); i++) {
        replicas.add(new NodeAddress("replica-" + i, endpoint.url(i)));
      }
      ReadWriteRouter router =
          ReadWriteRouter.open(
              RouterConfig.of(
                      new NodeAddress("primary", endpoint.url(0)),
                      replicas,
                      endpoint.user(),
                      endpoint.password())
                  .withPools(
                      new PoolSettings(POOL_SIZE, Duration.ofSeconds(1), Duration.ofSeconds(5))),
              new RoutingListener() {
                @Override
                public void readRouted(String node, NodeRole role, RouteReason reason) {
                  LAST_SENT.put(node, System.nanoTime());
                }
              });
      return new Opened(router.dataSource(), router);
    }
  },

  /** Reads found by SQL, read/write splitting with round robin. */
  SHARDINGSPHERE {
    @Override
    Opened open(Endpoint endpoint) throws Exception {
      StringBuilder yaml =
          new StringBuilder(
              "databaseName: bench\nmode:\n  type: Standalone\n  repository:\n    type: JDBC\ndataSources:\n");
      List<String> readers = new ArrayList<>();
      for (int i = 0; i <= endpoint.replicas(); i++) {
        yaml.append(shardingSpherePool("node" + i, endpoint, i));
        if (i > 0) {
          readers.add("node" + i);
        }
      }
      yaml.append(SHARDINGSPHERE_RULES.formatted(String.join(", ", readers)));
      DataSource source =
          YamlShardingSphereDataSourceFactory.createDataSource(
              yaml.toString().getBytes(StandardCharsets.UTF_8));
      return new Opened(source, (AutoCloseable) source);
    }
  },

  /**
   * Reads announced by {@code setReadOnly(true)}: splitting by SQL, as of 4.3.0, runs the first
   * statement of each connection on the writer.
   */
  AWS {
    @Override
    Opened open(Endpoint endpoint) {
      AWS_LOG.setLevel(Level.OFF);
      Driver.setCustomConnectionProvider(
          new HikariPooledConnectionProvider(
              (host, properties) -> {
                HikariConfig config = pool(endpoint);
                config.setExceptionOverrideClassName(HikariCPSQLException.class.getName());
                return config;
              },
              null,
              (host, properties) -> true,
              TimeUnit.MINUTES.toNanos(30),
              TimeUnit.MINUTES.toNanos(10)));
      AwsWrapperDataSource source = new AwsWrapperDataSource();
      // Its round robin tells hosts apart by name alone, so each replica needs one of its own.
      StringBuilder hosts = new StringBuilder("127.0.0.1:" + endpoint.ports().get(0));
      for (int i = 1; i <= endpoint.replicas(); i++) {
        hosts.append(',').append(LOOPBACK_NAMES.get(i)).append(':').append(endpoint.ports().get(i));
      }
      source.setJdbcUrl("jdbc:aws-wrapper:postgresql://" + hosts + "/tideline");
      source.setUser(endpoint.user());
      source.setPassword(endpoint.password());
      Properties properties = new Properties();
      properties.setProperty("wrapperPlugins", "readWriteSplitting");
      properties.setProperty("wrapperDialect", "pg");
      properties.setProperty("singleWriterConnectionString", "true");
      properties.setProperty("readerHostSelectorStrategy", "roundRobin");
      properties.setProperty("connectTimeout", "2000");
      properties.setProperty("socketTimeout", "5000");
      source.setTargetDataSourceProperties(properties);
      return new Opened(source, ConnectionProviderManager::releaseResources);
    }

    @Override
    void announceRead(Connection connection) throws SQLException {
      connection.setReadOnly(true);
    }
  };

  static final int POOL_SIZE = 20;

  /** When each node was last sent a read, as far as a contender tells. */
  static final Map<String, Long> LAST_SENT = new ConcurrentHashMap<>();

  private static final List<String> LOOPBACK_NAMES =
      List.of("127.0.0.1", "127.0.0.1", "localhost", "127.1");

  private static final String TIMEOUTS = "connectTimeout=2&socketTimeout=5";

  /** Kept, or its level would be forgotten with it. */
  private static final Logger AWS_LOG = Logger.getLogger("software.amazon.jdbc");

  private static final String SHARDINGSPHERE_RULES =
      """
      rules:
      - !SINGLE
        tables:
          - split.*.*
      - !READWRITE_SPLITTING
        dataSourceGroups:
          split:
            writeDataSourceName: node0
            readDataSourceNames: [%s]
            transactionalReadQueryStrategy: PRIMARY
            loadBalancerName: turns
        loadBalancers:
          turns:
            type: ROUND_ROBIN
      props:
        sql-show: false
      """;

  /** A data source, and what closes it. */
  record Opened(DataSource source, AutoCloseable closer) implements AutoCloseable {
    @Override
    public void close() throws Exception {
      closer.close();
    }
  }

  abstract Opened open(Endpoint endpoint) throws Exception;

  /** What a caller has to do so that a replica is read. */
  void announceRead(Connection connection) throws SQLException {}

  private static HikariConfig pool(Endpoint endpoint) {
    HikariConfig config = new HikariConfig();
    config.setUsername(endpoint.user());
    config.setPassword(endpoint.password());
    config.setMaximumPoolSize(POOL_SIZE);
    config.setMinimumIdle(4);
    config.setConnectionTimeout(1_000);
    config.setValidationTimeout(250);
    config.setInitializationFailTimeout(-1);
    return config;
  }

  private static String shardingSpherePool(String name, Endpoint endpoint, int server) {
    return """
      %s:
        dataSourceClassName: com.zaxxer.hikari.HikariDataSource
        jdbcUrl: %s?%s
        username: %s
        password: %s
        maximumPoolSize: %d
        minimumIdle: 4
        connectionTimeout: 1000
        validationTimeout: 250
        initializationFailTimeout: -1
    """
        .formatted(
            name, endpoint.url(server), TIMEOUTS, endpoint.user(), endpoint.password(), POOL_SIZE);
  }
}
