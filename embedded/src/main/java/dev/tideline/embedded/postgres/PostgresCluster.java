package dev.tideline.embedded.postgres;

import dev.tideline.embedded.postgres.PostgresServer.ServerSettings;
import dev.tideline.embedded.process.BinaryCache;
import dev.tideline.embedded.process.ServerException;
import dev.tideline.embedded.process.ServerUser;
import dev.tideline.embedded.process.SupervisedServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One primary and its streaming replicas: PostgreSQL servers on loopback, each kept running until
 * {@link #close}.
 *
 * <p>{@code fsync} and {@code synchronous_commit} are on, so committed transactions survive the
 * kill of any process. The primary is started first, so that the schema can be created before the
 * replicas are copied from it.
 */
public final class PostgresCluster implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PostgresCluster.class);

  private static final int STREAMING_WAIT_SECONDS = 20;

  /**
   * Directories and ports of the servers.
   *
   * @param root contains a data directory for each server
   * @param ports the primary's port, then one for each replica
   */
  public record Layout(Path root, Path logs, Path pids, List<Integer> ports) {}

  /**
   * The current state of one server.
   *
   * @param pid process id of the postmaster, or -1 while it is not running
   * @param lagSeconds replication lag of a replica; empty for the primary and while it is unknown
   */
  public record Server(
      String name, boolean primary, String host, int port, long pid, Optional<Double> lagSeconds) {}

  private final ServerSettings settings;
  private final PostgresServer primary;
  private final List<PostgresServer> replicas = new ArrayList<>();
  private final List<SupervisedServer> running = new ArrayList<>();
  private @Nullable LagWatch lags;

  public PostgresCluster(
      Layout layout, BinaryCache binaries, ServerUser user, Credentials credentials) {
    BinaryCache cache =
        user.needsOpenPath() ? new BinaryCache(layout.root().resolve("binaries")) : binaries;
    this.settings =
        new ServerSettings(
            PostgresBinaries.unpack(cache), user, credentials, layout.logs(), layout.pids());
    List<Integer> ports = layout.ports();
    this.primary =
        new PostgresServer("primary", layout.root().resolve("primary"), ports.get(0), 0, settings);
    for (int i = 1; i < ports.size(); i++) {
      String name = "replica-" + i;
      replicas.add(
          new PostgresServer(
              name, layout.root().resolve(name), ports.get(i), primary.port(), settings));
    }
  }

  public String version() {
    return settings.binaries().version();
  }

  /** Starts the primary. The first start also creates the roles and an empty database. */
  public synchronized void startPrimary() throws InterruptedException {
    boolean fresh = !primary.exists();
    if (fresh) {
      try {
        BinaryCache.delete(primary.data()); // left by an interrupted start
      } catch (IOException e) {
        throw new ServerException("cannot empty " + primary.data(), e);
      }
      primary.initialise();
    }
    launch(primary);
    try {
      createRolesAndDatabase();
    } catch (SQLException e) {
      throw new ServerException("cannot prepare the primary: " + e.getMessage(), e);
    }
  }

  private void createRolesAndDatabase() throws SQLException {
    Credentials credentials = settings.credentials();
    try (Connection connection = primary.connect("postgres")) {
      role(connection, Credentials.APPLICATION, "", credentials.application());
      role(connection, Credentials.REPLICATION, "REPLICATION", credentials.replication());
      if (!exists(connection, "SELECT FROM pg_database WHERE datname = ?", Credentials.DATABASE)) {
        run(
            connection,
            "GRANT pg_monitor TO " + Credentials.APPLICATION,
            "CREATE DATABASE " + Credentials.DATABASE + " OWNER " + Credentials.APPLICATION);
      }
    }
    try (Connection connection = primary.connect(Credentials.DATABASE)) {
      run(connection, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
    }
  }

  /**
   * Creates the role if needed and sets its password, because the secret file may have been
   * replaced since. The password is sent hashed, because pg_stat_statements and the logs record
   * statements verbatim.
   */
  private static void role(Connection connection, String name, String attributes, String password)
      throws SQLException {
    if (!exists(connection, "SELECT FROM pg_roles WHERE rolname = ?", name)) {
      run(connection, "CREATE ROLE %s LOGIN %s".formatted(name, attributes));
    }
    connection
        .unwrap(PGConnection.class)
        .alterUserPassword(name, password.toCharArray(), "scram-sha-256");
  }

  private static boolean exists(Connection connection, String sql, String argument)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, argument);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  private static void run(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /**
   * Starts the replicas and waits until each has caught up with the primary. A replica that cannot
   * replicate is replaced by a new copy.
   */
  public synchronized void startReplicas() throws InterruptedException {
    for (PostgresServer replica : replicas) {
      startReplica(replica);
    }
    if (!replicas.isEmpty()) {
      lags = new LagWatch(primary, replicas);
    }
  }

  private void startReplica(PostgresServer replica) throws InterruptedException {
    boolean usable = replica.exists() && slotIsUsable(replica);
    if (!usable) {
      ReplicaCopy.make(primary, replica);
    }
    SupervisedServer process = launch(replica);
    if (!caughtUp(replica)) {
      log.warn(
          "{} does not replicate from the primary; replacing it with a new copy", replica.name());
      process.close();
      running.remove(process);
      ReplicaCopy.make(primary, replica);
      launch(replica);
      if (!caughtUp(replica)) {
        throw new ServerException(
            replica.name() + " does not replicate from the primary; see " + settings.logs());
      }
    }
  }

  private boolean slotIsUsable(PostgresServer replica) {
    try (Connection connection = primary.connect("postgres")) {
      return exists(
          connection,
          "SELECT FROM pg_replication_slots WHERE slot_name = ? AND wal_status <> 'lost'",
          replica.slot());
    } catch (SQLException e) {
      throw new ServerException("cannot look up replication slot " + replica.slot(), e);
    }
  }

  private boolean caughtUp(PostgresServer replica) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STREAMING_WAIT_SECONDS);
    try (Connection from = primary.connect("postgres");
        Connection to = replica.connect("postgres")) {
      String goal = text(from, "SELECT pg_current_wal_flush_lsn()");
      String reached =
          "SELECT coalesce(pg_last_wal_replay_lsn() >= '"
              + goal
              + "', false)::text"
              + " FROM (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming') receiver";
      while (System.nanoTime() < deadline) {
        if ("true".equals(text(to, reached))) {
          return true;
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
      return false;
    } catch (SQLException e) {
      throw new ServerException("cannot read the replay position of " + replica.name(), e);
    }
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    }
  }

  private SupervisedServer launch(PostgresServer server) throws InterruptedException {
    server.configure();
    SupervisedServer process = new SupervisedServer(server.process());
    process.start();
    running.add(process);
    return process;
  }

  /** The JDBC URL of the shop's database on a server; 0 is the primary, n is replica n. */
  public String url(int server) {
    return (server == 0 ? primary : replicas.get(server - 1)).url(Credentials.DATABASE);
  }

  /**
   * Opens a connection to the shop's database as the administrator, on the primary (0) or on
   * replica n.
   */
  public Connection connectAsAdmin(int server) throws SQLException {
    return (server == 0 ? primary : replicas.get(server - 1)).connect(Credentials.DATABASE);
  }

  public Credentials credentials() {
    return settings.credentials();
  }

  public synchronized List<Server> servers() {
    return running.stream()
        .map(process -> {
          boolean isPrimary = process.name().equals(primary.name());
          PostgresServer server =
              isPrimary
                  ? primary
                  : replicas.stream()
                      .filter(replica -> replica.name().equals(process.name()))
                      .findFirst()
                      .orElseThrow();
          return new Server(
              process.name(),
              isPrimary,
              PostgresServer.HOST,
              server.port(),
              process.pid(),
              lags == null ? Optional.empty() : lags.seconds(process.name()));
        })
        .toList();
  }

  /** Stops the replicas, then the primary. */
  @Override
  public synchronized void close() {
    if (lags != null) {
      lags.close();
    }
    for (SupervisedServer process : running.reversed()) {
      process.close();
    }
    running.clear();
  }
}
