package dev.tideline.embedded;

import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.embedded.postgres.PostgresCluster;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A database of its own for one test class, on servers that all classes of a JVM share: they are
 * started once, and a database is a copy of a template.
 *
 * <p>A class may kill servers and pause replay; {@link #close} waits until all are whole again. One
 * that promotes a replica asks for servers that are its {@linkplain #alone own}.
 */
public final class TestDatabase implements AutoCloseable {

  /** Fills a template. */
  @FunctionalInterface
  public interface Preparation {
    void prepare(String url, String user, String password) throws Exception;
  }

  private static final int WHOLE_SECONDS_MAX = 60;
  private static final Map<Integer, TestDatabases> SHARED = new HashMap<>();
  private static final Set<String> PREPARED = new HashSet<>();
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final TestDatabases servers;
  private final int replicas;
  private final String name;

  private TestDatabase(TestDatabases servers, int replicas, String name) {
    this.servers = servers;
    this.replicas = replicas;
    this.name = name;
  }

  /** An empty database on a primary with so many replicas, there on each of them. */
  public static TestDatabase create(int replicas) throws Exception {
    return copy(replicas, Credentials.DATABASE);
  }

  /** The empty database of servers that nobody else uses, and that {@link #close} stops. */
  public static TestDatabase alone(int replicas) throws Exception {
    return new TestDatabase(TestDatabases.start(replicas), replicas, Credentials.DATABASE);
  }

  /** A copy of a template, which the first caller in this JVM fills. */
  public static TestDatabase copyOf(String template, int replicas, Preparation preparation)
      throws Exception {
    synchronized (SHARED) {
      if (PREPARED.add(template + replicas)) {
        TestDatabase made = make(shared(replicas), replicas, template, Credentials.DATABASE);
        preparation.prepare(made.url(0), Credentials.APPLICATION, made.password());
      }
    }
    return copy(replicas, template);
  }

  private static TestDatabase copy(int replicas, String template) throws Exception {
    return make(shared(replicas), replicas, "test_" + NUMBERS.incrementAndGet(), template);
  }

  private static TestDatabases shared(int replicas) throws Exception {
    synchronized (SHARED) {
      TestDatabases servers = SHARED.get(replicas);
      if (servers == null) {
        servers = TestDatabases.start(replicas);
        SHARED.put(replicas, servers);
        Runtime.getRuntime().addShutdownHook(new Thread(servers::close, "test-databases"));
        for (int server = 0; server <= replicas; server++) {
          // What the machine loses in a crash nobody needs; what a killed process loses is the
          // same.
          execute(servers, server, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()");
        }
      }
      return servers;
    }
  }

  private static TestDatabase make(
      TestDatabases servers, int replicas, String name, String template) throws Exception {
    execute(
        servers,
        0,
        "CREATE DATABASE %s OWNER %s TEMPLATE %s"
            .formatted(name, Credentials.APPLICATION, template));
    TestDatabase made = new TestDatabase(servers, replicas, name);
    made.awaitWhole();
    return made;
  }

  private static void execute(TestDatabases servers, int server, String... statements)
      throws SQLException {
    // Not from the template: nobody may be connected to it while it is copied.
    try (Connection connection = connect(servers, server, "postgres");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static Connection connect(TestDatabases servers, int server, String database)
      throws SQLException {
    return DriverManager.getConnection(
        url(servers, server, database),
        Credentials.ADMIN,
        servers.postgres().credentials().admin());
  }

  private static String url(TestDatabases servers, int server, String database) {
    PostgresCluster postgres = servers.postgres();
    return "jdbc:postgresql://127.0.0.1:" + postgres.servers().get(server).port() + "/" + database;
  }

  /** Resumes replay, and waits until every replica has all that the primary has. */
  private void awaitWhole() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WHOLE_SECONDS_MAX);
    for (int server = 0; server <= replicas; server++) {
      while (!isWhole(server)) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("server " + server + " of the tests does not come back");
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }
  }

  private boolean isShared() {
    synchronized (SHARED) {
      return SHARED.containsValue(servers);
    }
  }

  private boolean isWhole(int server) {
    try (Connection primary = connect(servers, 0, "postgres");
        Connection connection = connect(servers, server, "postgres")) {
      if (server == 0) {
        return true;
      }
      String goal = text(primary, "SELECT pg_current_wal_flush_lsn()");
      text(connection, "SELECT pg_wal_replay_resume()");
      return text(connection, "SELECT pg_last_wal_replay_lsn() >= '" + goal + "'").equals("t");
    } catch (SQLException e) {
      return false; // away, or starting
    }
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return String.valueOf(rows.getString(1));
    }
  }

  /** The servers, which others use too. */
  public TestDatabases servers() {
    return servers;
  }

  public String name() {
    return name;
  }

  /** The JDBC URL of this database on a server, 0 being the primary. */
  public String url(int server) {
    return url(servers, server, name);
  }

  /** A connection as the administrator; the caller closes it. */
  public Connection connectAsAdmin(int server) throws SQLException {
    return connect(servers, server, name);
  }

  /** The application's password. */
  public String password() {
    return servers.postgres().credentials().application();
  }

  /** Drops the database, whoever is connected to it; servers that nobody else uses are stopped. */
  @Override
  public void close() {
    if (!isShared()) {
      servers.close();
      return;
    }
    try {
      awaitWhole();
      execute(servers, 0, "DROP DATABASE " + name + " WITH (FORCE)");
    } catch (Exception e) {
      throw new IllegalStateException("cannot drop " + name, e);
    }
  }
}
