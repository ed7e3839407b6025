package dev.tideline.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tideline.embedded.TestDatabase;
import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.routing.node.NodeAddress;
import dev.tideline.routing.node.NodeStatus;
import dev.tideline.routing.node.PoolSettings;
import dev.tideline.routing.node.RoutingException;
import dev.tideline.routing.node.RoutingException.Category;
import dev.tideline.routing.route.RoutingListener;
import dev.tideline.routing.token.Position;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ReadWriteRouterIT {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String NODE = "SELECT inet_server_port()";

  private static TestDatabase database;
  private ReadWriteRouter router;

  @BeforeAll
  static void startDatabases() throws Exception {
    database = TestDatabase.create(2);
  }

  @AfterAll
  static void stopDatabases() {
    database.close();
  }

  @BeforeEach
  void open() throws Exception {
    router = ReadWriteRouter.open(config(8), RoutingListener.NONE);
    await().atMost(LONG).until(() -> router.nodes().stream().allMatch(NodeStatus::up));
  }

  @AfterEach
  void close() {
    router.close();
  }

  private static RouterConfig config(int poolSize) {
    return RouterConfig.of(
            new NodeAddress("primary", database.url(0)),
            List.of(
                new NodeAddress("replica-1", database.url(1)),
                new NodeAddress("replica-2", database.url(2))),
            Credentials.APPLICATION,
            database.password())
        .withPoolSize(poolSize);
  }

  private static int port(int server) {
    return database.servers().postgres().servers().get(server).port();
  }

  private static int ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private int readNode() throws SQLException {
    return router.read(connection -> ask(connection, NODE));
  }

  @Test
  void read_twoReplicas_goesToThemByTurns() throws Exception {
    Map<Integer, Integer> seen = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      seen.merge(readNode(), 1, Integer::sum);
    }
    assertThat(seen).containsOnly(Map.entry(port(1), 50), Map.entry(port(2), 50));
  }

  @Test
  void write_always_goesToThePrimary() throws Exception {
    assertThat(router.<Integer, RuntimeException>write(connection -> ask(connection, NODE)))
        .isEqualTo(port(0));
  }

  @Test
  void read_statementIsWrong_isNotRepeated() {
    AtomicInteger runs = new AtomicInteger();
    assertThatThrownBy(() ->
            router.read(connection -> {
              runs.incrementAndGet();
              return ask(connection, "SELECT 1 / 0");
            }))
        .isInstanceOf(SQLException.class);
    assertThat(runs).hasValue(1);
  }

  @Test
  void read_workThatWrites_isRefusedByTheReplicas() throws Exception {
    // It comes to the primary in the end, whose table is not there: no replica took it.
    assertThatThrownBy(
            () -> router.read(connection -> ask(connection, "INSERT INTO absent VALUES (1)")))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("absent");
  }

  @Test
  void read_replicaKilledUnderLoad_neverFails() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger reads = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        readers.add(
            threads.submit(() -> {
              while (!stop.get()) {
                readNode();
                reads.incrementAndGet();
              }
              return null;
            }));
      }
      await().atMost(LONG).until(() -> reads.get() > 200);
      database.servers().kill("replica-1");
      int before = reads.get();
      await().atMost(LONG).until(() -> reads.get() > before + 500);
      await()
          .atMost(LONG)
          .until(() -> router.nodes().stream().allMatch(NodeStatus::up)); // it came back
      stop.set(true);
      for (Future<?> reader : readers) {
        reader.get(); // fails if a read failed
      }
    }
  }

  @Test
  void write_primaryKilled_isUnavailableUntilItIsBackWhileReadsGoOn() throws Exception {
    database.servers().kill("primary");
    AtomicBoolean written = new AtomicBoolean();
    await()
        .atMost(LONG)
        .until(() -> {
          assertThat(readNode()).isIn(port(1), port(2));
          try {
            router.<Integer, RuntimeException>write(connection -> ask(connection, "SELECT 1"));
            written.set(true);
          } catch (RoutingException e) {
            assertThat(e.category()).isEqualTo(Category.UNAVAILABLE);
          }
          return written.get();
        });
  }

  @Test
  void write_serializationFailure_isTheCallersAffair() {
    String failing = "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$";
    assertThatThrownBy(
            () -> router.write(connection -> connection.createStatement().execute(failing)))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
  }

  @Test
  void read_unknownTable_isAskedOfThePrimaryBeforeItFails() {
    AtomicInteger runs = new AtomicInteger();
    assertThatThrownBy(() ->
            router.read(connection -> {
              runs.incrementAndGet();
              return ask(connection, "SELECT 1 FROM not_there");
            }))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("not_there");
    assertThat(runs).hasValue(2);
  }

  @Test
  void write_primaryAway_saysUnavailable() throws Exception {
    RouterConfig nowhere =
        RouterConfig.of(
            new NodeAddress("primary", "jdbc:postgresql://127.0.0.1:1/nothing"),
            List.of(new NodeAddress("replica-1", database.url(1))),
            Credentials.APPLICATION,
            database.password());
    try (ReadWriteRouter partial = ReadWriteRouter.open(nowhere, RoutingListener.NONE)) {
      assertThatThrownBy(() -> partial.write(connection -> ask(connection, "SELECT 1")))
          .isInstanceOfSatisfying(
              RoutingException.class,
              e -> assertThat(e.category()).isEqualTo(Category.UNAVAILABLE));
      int node = partial.<Integer, RuntimeException>read(connection -> ask(connection, NODE));
      assertThat(node).isEqualTo(port(1));
    }
  }

  @Test
  void read_manyMoreThanThePoolServes_doesNotTakeTheNodeForDead() throws Exception {
    RouterConfig config =
        config(2).withPools(new PoolSettings(2, Duration.ofMillis(250), Duration.ofSeconds(15)));
    RouterConfig primaryAlone =
        RouterConfig.of(config.primary(), List.of(), config.user(), config.password())
            .withPools(config.pools());
    Map<Category, AtomicInteger> refused =
        Map.of(Category.OVERLOADED, new AtomicInteger(), Category.UNAVAILABLE, new AtomicInteger());
    try (ReadWriteRouter small = ReadWriteRouter.open(primaryAlone, RoutingListener.NONE);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 300; i++) {
        threads.execute(() -> {
          try {
            small.<Integer, RuntimeException>read(
                connection -> ask(connection, "SELECT 1 FROM pg_sleep(0.02)"));
          } catch (RoutingException e) {
            refused.get(e.category()).incrementAndGet();
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        });
      }
    }
    assertThat(refused.get(Category.OVERLOADED)).hasPositiveValue();
    assertThat(refused.get(Category.UNAVAILABLE)).hasValue(0);
  }

  /** What a session starts with and comes back to, on whatever node. */
  private static String begins(Connection connection, String setting) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("RESET ALL");
      try (ResultSet row = statement.executeQuery("SHOW " + setting)) {
        row.next();
        return row.getString(1);
      }
    }
  }

  private static void alter(String sql) throws SQLException {
    try (Connection admin = database.connectAsAdmin(0);
        Statement statement = admin.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void set(String owner, String setting, String value) throws SQLException {
    String name = owner.equals("ROLE") ? Credentials.APPLICATION : database.name();
    alter("ALTER %s %s SET %s = '%s'".formatted(owner, name, setting, value));
  }

  private static void awaitOnReplicas(String setting) {
    for (int server = 1; server <= 2; server++) {
      String url = database.url(server);
      await()
          .atMost(LONG)
          .until(() -> {
            try (Connection plain =
                    DriverManager.getConnection(url, Credentials.APPLICATION, database.password());
                Statement statement = plain.createStatement();
                ResultSet row = statement.executeQuery("SHOW idle_session_timeout")) {
              row.next();
              return row.getString(1).equals(setting);
            }
          });
    }
  }

  @Test
  void settingsOfRoleAndDatabase_thatPositionsDoNotBear_areOverridden() throws Exception {
    set("ROLE", "default_transaction_isolation", "serializable");
    set("ROLE", "default_transaction_deferrable", "on");
    set("DATABASE", "standard_conforming_strings", "off");
    set("DATABASE", "synchronous_commit", "off");
    set("ROLE", "statement_timeout", "11min");
    set("ROLE", "idle_session_timeout", "7min"); // the last: it shows that all have come
    Map<String, String> expected =
        Map.of(
            "default_transaction_isolation", "read committed",
            "default_transaction_deferrable", "off",
            "standard_conforming_strings", "on",
            "statement_timeout", "15s",
            "idle_session_timeout", "0");
    try {
      awaitOnReplicas("7min");
      try (ReadWriteRouter own = ReadWriteRouter.open(config(4), RoutingListener.NONE)) {
        await()
            .atMost(LONG)
            .until(() ->
                own.nodes().stream()
                    .allMatch(node -> node.up() && node.position().equals(Position.UNKNOWN)));
        for (Map.Entry<String, String> setting : expected.entrySet()) {
          String name = setting.getKey();
          String read = own.<String, SQLException>read(connection -> begins(connection, name));
          String written = own.<String, SQLException>write(connection -> begins(connection, name));
          assertThat(List.of(name, read, written))
              .containsExactly(name, setting.getValue(), setting.getValue());
        }
        assertThat(own.<String, SQLException>read(c -> begins(c, "default_transaction_read_only")))
            .isEqualTo("on");
        assertThat(own.<String, SQLException>write(c -> begins(c, "synchronous_commit")))
            .isEqualTo("on");
        assertThat(own.<Integer, SQLException>read(connection -> ask(connection, NODE)))
            .isIn(port(1), port(2));
      }
    } finally {
      alter("ALTER ROLE tideline RESET ALL");
      alter("ALTER DATABASE %s RESET ALL".formatted(database.name()));
      awaitOnReplicas("0");
    }
  }

  @Test
  void synchronousCommit_strongerThanOn_isLeftAsItIs() throws Exception {
    set("ROLE", "synchronous_commit", "remote_apply");
    try (ReadWriteRouter own = ReadWriteRouter.open(config(4), RoutingListener.NONE)) {
      assertThat(own.<String, SQLException>write(c -> begins(c, "synchronous_commit")))
          .isEqualTo("remote_apply");
    } finally {
      alter("ALTER ROLE tideline RESET ALL");
    }
  }

  @Test
  void optionsOfAUrl_areKeptBesideOurs() throws Exception {
    RouterConfig all = config(4);
    RouterConfig own =
        RouterConfig.of(
            new NodeAddress(
                "primary",
                all.primary().url()
                    + "?options=-c%20work_mem=5MB%20-c%20default_transaction_isolation=serializable"
                    + "&loginTimeout=20"),
            List.of(),
            all.user(),
            all.password());
    try (ReadWriteRouter router = ReadWriteRouter.open(own, RoutingListener.NONE)) {
      assertThat(router.<String, SQLException>write(c -> begins(c, "work_mem"))).isEqualTo("5MB");
      assertThat(
              router.<String, SQLException>write(c -> begins(c, "default_transaction_isolation")))
          .isEqualTo("read committed");
    }
  }

  @Test
  void primaryMadeReadOnly_saysSoAndIsNotDown() throws Exception {
    set("ROLE", "default_transaction_read_only", "on");
    try (ReadWriteRouter own = ReadWriteRouter.open(config(4), RoutingListener.NONE)) {
      assertThatThrownBy(() ->
              own.write(connection -> connection.createStatement().execute("CREATE TABLE t ()")))
          .isInstanceOfSatisfying(
              RoutingException.class, e -> assertThat(e.category()).isEqualTo(Category.UNAVAILABLE))
          .hasMessageContaining("does not accept writes")
          .hasMessageContaining("read-only");
      assertThat(own.nodes().getFirst().up()).isTrue();
    } finally {
      alter("ALTER ROLE tideline RESET ALL");
    }
  }

  @Test
  void read_everyConnectionInUse_saysOverloaded() throws Exception {
    try (ReadWriteRouter small = ReadWriteRouter.open(config(1), RoutingListener.NONE)) {
      assertThatThrownBy(() ->
              small.read(
                  a -> small.read(b -> small.read(c -> small.read(d -> ask(d, "SELECT 1"))))))
          .isInstanceOfSatisfying(
              RoutingException.class, e -> assertThat(e.category()).isEqualTo(Category.OVERLOADED));
    }
  }
}
