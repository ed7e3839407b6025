package dev.tideline.routing;

import static org.awaitility.Awaitility.await;

import dev.tideline.embedded.TestDatabase;
import dev.tideline.embedded.TestDatabases;
import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.routing.node.NodeAddress;
import dev.tideline.routing.node.NodeState;
import dev.tideline.routing.route.RoutingListener;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real primary with replicas, shared with other test classes, and what tests do to them. Server 0
 * is the primary.
 */
public final class TestCluster implements AutoCloseable {

  static final Duration LONG = Duration.ofSeconds(60);

  /** Answers the port of the server that runs it. */
  static final String NODE = "SELECT inet_server_port()";

  private final TestDatabase database;
  private final int replicas;

  TestCluster(int replicas) throws Exception {
    this(TestDatabase.create(replicas), replicas);
  }

  private TestCluster(TestDatabase database, int replicas) {
    this.database = database;
    this.replicas = replicas;
  }

  /** On servers that no other class uses: for one that promotes a replica. */
  static TestCluster alone(int replicas) throws Exception {
    return new TestCluster(TestDatabase.alone(replicas), replicas);
  }

  TestDatabases databases() {
    return database.servers();
  }

  /** The name of the database. */
  String database() {
    return database.name();
  }

  RouterConfig config() {
    List<NodeAddress> nodes = new ArrayList<>();
    for (int server = 1; server <= replicas; server++) {
      nodes.add(new NodeAddress("replica-" + server, database.url(server)));
    }
    return RouterConfig.of(
        new NodeAddress("primary", database.url(0)),
        nodes,
        Credentials.APPLICATION,
        database.password());
  }

  /** A router over all, with its tables, each node seen and of one history. */
  ReadWriteRouter open(RouterConfig config, RoutingListener listener) throws Exception {
    ReadWriteRouter router = ReadWriteRouter.open(config, listener);
    router.createMetadata();
    awaitWhole(router);
    return router;
  }

  static void awaitWhole(ReadWriteRouter router) {
    await()
        .atMost(LONG)
        .until(() ->
            router.nodes().stream()
                .allMatch(node -> node.state() == NodeState.UP && node.position().isKnown()));
  }

  int port(int server) {
    return database.servers().postgres().servers().get(server).port();
  }

  /** A connection as the administrator; the caller closes it. */
  Connection connectAsAdmin(int server) throws SQLException {
    return database.connectAsAdmin(server);
  }

  String ask(int server, String sql) throws SQLException {
    try (Connection connection = database.connectAsAdmin(server);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  void run(int server, String sql) throws SQLException {
    try (Connection connection = database.connectAsAdmin(server);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Stops a replica's replay; returns when it stands still. */
  void pause(int server) throws SQLException {
    run(server, "SELECT pg_wal_replay_pause()");
    await()
        .atMost(LONG)
        .until(() -> ask(server, "SELECT pg_get_wal_replay_pause_state()").equals("paused"));
  }

  void resume(int server) throws SQLException {
    run(server, "SELECT pg_wal_replay_resume()");
  }

  /** Sends a signal to a server's processes, all of them. */
  static void signal(long postmaster, String name) throws Exception {
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    ProcessHandle server = ProcessHandle.of(postmaster).orElseThrow();
    command.add(Long.toString(postmaster));
    server.descendants().forEach(process -> command.add(Long.toString(process.pid())));
    new ProcessBuilder(command).start().waitFor();
  }

  /** Waits until every replica shows what the primary shows. */
  void settle() throws SQLException {
    String goal = ask(0, "SELECT pg_current_wal_flush_lsn()");
    for (int server = 1; server <= replicas; server++) {
      int replica = server;
      await()
          .atMost(LONG)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(5))
          .ignoreExceptions()
          .until(
              () -> ask(replica, "SELECT pg_last_wal_replay_lsn() >= '" + goal + "'").equals("t"));
    }
  }

  static int number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getInt(1);
    }
  }

  @Override
  public void close() {
    database.close();
  }
}
