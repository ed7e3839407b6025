package dev.tideline.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.zaxxer.hikari.HikariDataSource;
import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.routing.datasource.RoutingDataSource;
import dev.tideline.routing.node.NodeRole;
import dev.tideline.routing.node.NodeStatus;
import dev.tideline.routing.route.RoutingListener;
import dev.tideline.routing.sql.Classification;
import dev.tideline.routing.token.TokenKeys;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.assertj.core.api.Assertions;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The router keeps JDBC's contract, and sends each statement where it belongs. */
final class RoutingDataSourceIT extends JdbcContract {

  private static TestCluster cluster;
  private static ReadWriteRouter router;
  private static DataSource source;
  private static final AtomicInteger LEARNED = new AtomicInteger();

  private static final RoutingListener LEARNING =
      new RoutingListener() {
        @Override
        public void statementLearned() {
          LEARNED.incrementAndGet();
        }
      };

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(2);
    cluster.run(0, "GRANT ALL ON SCHEMA public TO " + Credentials.APPLICATION);
    router = cluster.open(cluster.config(), LEARNING);
    router.write(connection -> connection.createStatement().execute(TABLE)); // known from the start
    cluster.settle();
    source = router.dataSource(TokenKeys.of(List.of("0123456789abcdef"), Clock.systemUTC()));
  }

  @AfterAll
  static void stop() {
    router.close();
    cluster.close();
  }

  @Override
  DataSource source() {
    return source;
  }

  @Override
  void settle() throws Exception {
    cluster.settle();
    await().atMost(LONG).until(() -> router.nodes().stream().allMatch(NodeStatus::up));
  }

  private static int port(int server) {
    return cluster.port(server);
  }

  private int ask(String sql) throws SQLException {
    return TestCluster.number(connection, sql);
  }

  private static int active() {
    return router.nodes().stream().mapToInt(node -> node.pool().active()).sum();
  }

  @Test
  void autocommit_reads_goToReplicasByTurns() throws Exception {
    Map<Integer, Integer> seen = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      seen.merge(ask(TestCluster.NODE), 1, Integer::sum);
    }
    assertThat(seen).containsOnlyKeys(port(1), port(2));
    assertThat(seen.values()).allMatch(count -> count >= 45 && count <= 55);
  }

  @Test
  void preparedStatement_keptOpen_goesToReplicasByTurns() throws Exception {
    Map<Integer, Integer> seen = new HashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT inet_server_port() + ?")) {
      for (int i = 0; i < 100; i++) {
        statement.setInt(1, 0);
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          seen.merge(row.getInt(1), 1, Integer::sum);
        }
      }
    }
    assertThat(seen.values()).hasSize(2).allMatch(count -> count >= 45);
  }

  @Test
  void readWriteTransaction_readsFirst_isOnThePrimaryFromItsFirstStatement() throws Exception {
    connection.setAutoCommit(false);
    assertThat(ask(TestCluster.NODE)).isEqualTo(port(0));
    insert("a");
    assertThat(ask(TestCluster.NODE)).isEqualTo(port(0));
    connection.rollback();
  }

  @Test
  void readOnlyTransaction_staysOnOneReplica() throws Exception {
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    int first = ask(TestCluster.NODE);
    assertThat(first).isIn(port(1), port(2));
    for (int i = 0; i < 10; i++) {
      assertThat(ask(TestCluster.NODE)).isEqualTo(first);
    }
    connection.commit();
  }

  @Test
  void readOnly_flagDecides_whateverTheStatement() throws Exception {
    connection.setReadOnly(true);
    assertThat(ask("SELECT inet_server_port() + (random() * 0)::int")).isNotEqualTo(port(0));
  }

  @Test
  void volatileFunction_goesToThePrimary() throws Exception {
    assertThat(ask("SELECT inet_server_port() + (txid_current() * 0)::int")).isEqualTo(port(0));
  }

  @Test
  void volatileFunctionThatChangesNothing_goesToAReplica() throws Exception {
    assertThat(ask("SELECT inet_server_port() + (random() * 0)::int")).isNotEqualTo(port(0));
  }

  @Test
  void serializable_goesToThePrimary() throws Exception {
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    assertThat(ask(TestCluster.NODE)).isEqualTo(port(0));
    try (PreparedStatement statement = connection.prepareStatement(TestCluster.NODE + " + ?")) {
      statement.setInt(1, 0);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        assertThat(row.getInt(1)).isEqualTo(port(0));
      }
    }
    connection.setReadOnly(true);
    assertThat(ask(TestCluster.NODE)).isEqualTo(port(0));
    connection.setAutoCommit(false);
    assertThat(ask(TestCluster.NODE)).isEqualTo(port(0));
    connection.commit();
  }

  @Test
  void serializable_inAStatementOfAReadOnlyConnection_goesToThePrimary() throws Exception {
    connection.setReadOnly(true);
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY");
      assertThat(ask(TestCluster.NODE)).isEqualTo(port(0));
      statement.execute("COMMIT");
    }
    connection.close();
    connection = source.getConnection();
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
    }
    assertThat(ask(TestCluster.NODE)).isEqualTo(port(0));
    connection.rollback();
  }

  @Test
  void updatableResult_comesFromThePrimary() throws Exception {
    insert("a");
    try (Statement statement =
            connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE);
        ResultSet row = statement.executeQuery("SELECT id, name FROM things")) {
      row.next();
      row.updateString(2, "b");
      row.updateRow();
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT id, name FROM things WHERE name = ?",
            ResultSet.TYPE_FORWARD_ONLY,
            ResultSet.CONCUR_UPDATABLE)) {
      statement.setString(1, "b");
      try (ResultSet row = statement.executeQuery()) {
        assertThat(row.next()).isTrue();
        row.deleteRow();
      }
    }
    settle();
    assertThat(count()).isZero();
  }

  /** The catalog that the router knows is older than the change. */
  @Test
  void tableThatBecomesUnlogged_isReadOnThePrimary_andThatIsLearned() throws Exception {
    cluster.run(0, "CREATE TABLE IF NOT EXISTS scratch (id int)");
    cluster.run(0, "ALTER TABLE scratch SET LOGGED");
    cluster.run(0, "GRANT ALL ON scratch TO " + Credentials.APPLICATION);
    settle();
    String sql = "SELECT inet_server_port() FROM (SELECT count(*) FROM scratch)";
    try (ReadWriteRouter own = ReadWriteRouter.open(cluster.config(), LEARNING)) {
      DataSource fresh = own.dataSource();
      assertThat(own.explain(sql).target()).isEqualTo(NodeRole.REPLICA);
      cluster.run(0, "ALTER TABLE scratch SET UNLOGGED");
      settle();
      int node = own.read(reading -> TestCluster.number(reading, sql));
      assertThat(node).isEqualTo(port(0));
      int before = LEARNED.get();
      try (Connection one = fresh.getConnection()) {
        one.setReadOnly(true);
        assertThat(TestCluster.number(one, sql + " ro")).isEqualTo(port(0));
        one.setAutoCommit(false);
        assertThat(TestCluster.number(one, sql + " ro")).isEqualTo(port(0));
        one.commit();
      }
      try (Connection one = fresh.getConnection()) {
        assertThat(TestCluster.number(one, sql)).isEqualTo(port(0));
        assertThat(TestCluster.number(one, sql)).isEqualTo(port(0));
      }
      assertThat(LEARNED.get()).isEqualTo(before + 2);
      assertThat(own.explain(sql).why().reason()).isEqualTo(Classification.Reason.LEARNED);
    }
  }

  @Test
  void statementThatNoNodeSupports_fails_andTeachesNothing() throws Exception {
    int before = LEARNED.get();
    Assertions.assertThatThrownBy(() -> ask("SELECT name FROM elsewhere.public.things"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0A000"));
    assertThat(LEARNED.get()).isEqualTo(before);
  }

  @Test
  void connection_withoutAStatement_holdsNothing() throws Exception {
    int before = active();
    try (Connection lazy = source.getConnection()) {
      lazy.setAutoCommit(false);
      lazy.setReadOnly(true);
      lazy.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      lazy.setSchema("other");
      PreparedStatement prepared = lazy.prepareStatement("SELECT ?");
      prepared.setInt(1, 1);
      assertThat(active()).isEqualTo(before);
      lazy.commit();
    }
  }

  @Test
  void connection_betweenStatements_holdsNothing() throws Exception {
    int before = active();
    ask(TestCluster.NODE);
    assertThat(active()).isEqualTo(before);
    connection.setAutoCommit(false);
    insert("a");
    assertThat(active()).isEqualTo(before + 1);
    connection.commit();
    assertThat(active()).isEqualTo(before);
  }

  @Test
  void changedSession_isNotGivenToOthers() throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET application_name = 'leaked'");
    }
    connection.close();
    connection = source.getConnection();
    for (int i = 0; i < 20; i++) {
      try (Connection other = source.getConnection();
          Statement statement = other.createStatement();
          ResultSet row = statement.executeQuery("SHOW application_name")) {
        row.next();
        assertThat(row.getString(1)).isNotEqualTo("leaked");
      }
    }
  }

  @Test
  void changedSession_whateverChangedItAndHow_isCleanForTheNext() throws Exception {
    try (SessionLeaks leaks = new SessionLeaks(cluster)) {
      leaks.someWays(3);
      for (long seed = 1; seed <= 20; seed++) {
        leaks.atRandom(seed);
      }
    }
  }

  @Test
  @Tag("long")
  void changedSession_everyChangeInEveryWay_isCleanForTheNext() throws Exception {
    try (SessionLeaks leaks = new SessionLeaks(cluster)) {
      leaks.everyWay();
      for (long seed = 100; seed <= 300; seed++) {
        leaks.atRandom(seed);
      }
    }
  }

  @Test
  void changedSession_lostWithItsNode_isNotContinuedOnAnother() throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET app.tenant = 'x'");
      cluster.run(0, terminate());
      assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> statement.execute("SELECT 1"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08006"));
    }
    settle();
  }

  /** Ends the router's sessions on a server, all of them. */
  private static String terminate() {
    return "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '%s'"
        .formatted(Credentials.APPLICATION);
  }

  @Test
  void ownWrite_isShownByTheNextRead_whateverTheReplicasHaveReplayed() throws Exception {
    cluster.pause(1);
    cluster.pause(2);
    try (Connection other = source.getConnection()) {
      for (int i = 1; i <= 3; i++) {
        insertWithoutSettling("a");
        assertThat(count()).isEqualTo(i);
      }
      connection.setAutoCommit(false);
      insert("b");
      connection.commit();
      connection.setAutoCommit(true);
      assertThat(count()).isEqualTo(4);
      connection.setReadOnly(true);
      assertThat(count()).isEqualTo(4);
      assertThat(TestCluster.number(other, "SELECT count(*) FROM things")).isZero();
    } finally {
      cluster.resume(1);
      cluster.resume(2);
    }
    settle();
    await().atMost(LONG).until(() -> ask(TestCluster.NODE) != port(0));
  }

  @Test
  void metadata_isAskedWithoutKeepingAConnection() throws Exception {
    int before = active();
    DatabaseMetaData metadata = connection.getMetaData();
    assertThat(metadata.getDatabaseProductName()).isEqualTo("PostgreSQL");
    assertThat(metadata.getConnection()).isSameAs(connection);
    assertThat(active()).isEqualTo(before);
    try (ResultSet tables = metadata.getTables(null, "public", "things", null)) {
      assertThat(tables.next()).isTrue();
      assertThat(active()).isEqualTo(before + 1);
    }
    assertThat(active()).isEqualTo(before);
  }

  @Test
  void call_hasItsConnectionUntilItIsClosed() throws Exception {
    int before = active();
    try (CallableStatement call = connection.prepareCall("{? = call length(?)}")) {
      call.registerOutParameter(1, Types.INTEGER);
      call.setString(2, "four");
      call.execute();
      assertThat(call.getInt(1)).isEqualTo(4);
      assertThat(call.getConnection()).isSameAs(connection);
      assertThat(active()).isEqualTo(before + 1);
    }
    assertThat(active()).isEqualTo(before);
  }

  @Test
  void read_repeatedOnAnotherNode_leavesOpenResultsOpen() throws Exception {
    cluster.pause(1);
    cluster.pause(2);
    try (Statement open = connection.createStatement();
        ResultSet rows = open.executeQuery("SELECT * FROM generate_series(1, 3)");
        Statement repeated = connection.createStatement()) {
      assertThat(rows.next()).isTrue();
      cluster.run(0, "ALTER TABLE things ADD COLUMN late int");
      try (ResultSet none = repeated.executeQuery("SELECT late FROM things")) {
        assertThat(none.next()).isFalse();
      }
      assertThat(rows.isClosed()).isFalse();
      assertThat(rows.next()).isTrue();
      assertThat(rows.next()).isTrue();
    } finally {
      cluster.resume(1);
      cluster.resume(2);
    }
    cluster.run(0, "ALTER TABLE things DROP COLUMN late");
    settle();
  }

  @Test
  void read_withASchemaAndIsolation_isRepeatedWhenItsSessionsAreGone() throws Exception {
    connection.setSchema("public");
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    for (int i = 0; i < 4; i++) {
      count(); // so that the pools take their connections to be alive
    }
    cluster.run(1, terminate());
    cluster.run(2, terminate());
    assertThat(count()).isZero();
    settle();
  }

  @Test
  void readOnlyTransaction_withABatch_leavesNoTransactionOpen() throws Exception {
    int before = active();
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    try (Statement batch = connection.createStatement()) {
      assertThat(count()).isZero();
      batch.addBatch("INSERT INTO things (name) VALUES ('a')");
      assertThatThrownBy(batch::executeBatch)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
    }
    connection.rollback();
    assertThat(active()).isEqualTo(before);
    for (int server = 0; server <= 2; server++) {
      assertThat(
              cluster.ask(
                  server,
                  "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"))
          .isEqualTo("0");
    }
  }

  @Test
  void oneConnection_isEnoughForAnOpenResultAndAWrite_andTheOtherWayRound() throws Exception {
    RouterConfig config = cluster.config();
    RouterConfig alone =
        RouterConfig.of(config.primary(), List.of(), config.user(), config.password());
    try (ReadWriteRouter own = cluster.open(alone.withPoolSize(1), RoutingListener.NONE);
        Connection single = own.dataSource().getConnection();
        Statement read = single.createStatement();
        Statement write = single.createStatement()) {
      try (ResultSet rows = read.executeQuery("SELECT * FROM generate_series(1, 2)")) {
        assertThat(rows.next()).isTrue();
        assertThat(write.executeUpdate("INSERT INTO things (name) VALUES ('a')")).isEqualTo(1);
        assertThat(rows.next()).isTrue();
      }
      try (PreparedStatement insert =
          single.prepareStatement("INSERT INTO things (name) VALUES (?)")) {
        insert.setString(1, "b");
        insert.executeUpdate();
        assertThat(TestCluster.number(single, "SELECT count(*) FROM things")).isEqualTo(2);
        insert.setString(1, "c");
        insert.executeUpdate();
      }
      single.setAutoCommit(false);
      try (ResultSet rows = read.executeQuery("SELECT name FROM things ORDER BY id")) {
        assertThat(rows.next()).isTrue();
        write.executeUpdate("DELETE FROM things");
      }
      single.commit();
    }
  }

  @Test
  void token_ofAnAsynchronousCommit_coversIt() throws Exception {
    TokenKeys keys = TokenKeys.of(List.of("0123456789abcdef"), Clock.systemUTC());
    for (int i = 0; i < 5; i++) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET LOCAL synchronous_commit = off");
        statement.execute("INSERT INTO things (name) VALUES ('a')");
      }
      connection.commit();
      connection.setAutoCommit(true);
      long committed = Long.parseLong(cluster.ask(0, INSERTED));
      String token = connection.getClientInfo(RoutingDataSource.TOKEN);
      assertThat(keys.verify(token).orElseThrow().lsn()).isGreaterThanOrEqualTo(committed);
    }
  }

  private static final String INSERTED =
      "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint";

  @Test
  void viewThatTurnsBad_isLearnedFromTheReplicasRefusal() throws Exception {
    cluster.run(0, "CREATE SEQUENCE IF NOT EXISTS turns");
    cluster.run(0, "CREATE OR REPLACE VIEW turned AS SELECT 1::bigint AS n");
    cluster.run(0, "GRANT ALL ON turned, turns TO " + Credentials.APPLICATION);
    settle();
    try (ReadWriteRouter own = ReadWriteRouter.open(cluster.config(), LEARNING)) {
      DataSource fresh = own.dataSource();
      assertThat(own.explain("SELECT n FROM turned").target()).isEqualTo(NodeRole.REPLICA);
      cluster.run(0, "CREATE OR REPLACE VIEW turned AS SELECT nextval('turns') AS n");
      settle();
      int before = LEARNED.get();
      try (Connection one = fresh.getConnection();
          Statement statement = one.createStatement()) {
        for (int i = 1; i <= 3; i++) {
          try (ResultSet row = statement.executeQuery("SELECT n FROM turned")) {
            row.next();
            assertThat(row.getLong(1)).isEqualTo(i);
          }
        }
      }
      assertThat(LEARNED.get()).isEqualTo(before + 1);
      assertThat(own.explain("SELECT n FROM turned").why().reason())
          .isEqualTo(Classification.Reason.LEARNED);
    }
  }

  @Test
  void newColumn_notYetOnTheReplica_isReadFromThePrimary() throws Exception {
    cluster.pause(1);
    cluster.pause(2);
    try (Statement statement = connection.createStatement()) {
      statement.execute("ALTER TABLE things ADD COLUMN fresh int DEFAULT 5");
      statement.execute("INSERT INTO things (name) VALUES ('a')");
      try (ResultSet row = statement.executeQuery("SELECT fresh FROM things")) {
        assertThat(row.next()).isTrue();
        assertThat(row.getInt(1)).isEqualTo(5);
      }
    } finally {
      cluster.resume(1);
      cluster.resume(2);
    }
    cluster.run(0, "ALTER TABLE things DROP COLUMN fresh");
    settle();
  }

  @Test
  void token_afterACommit_makesLaterReadsShowIt() throws Exception {
    cluster.pause(1);
    cluster.pause(2);
    try {
      insertWithoutSettling("a");
      String token = connection.getClientInfo(RoutingDataSource.TOKEN);
      assertThat(token).hasSizeLessThanOrEqualTo(128);
      connection.close();
      connection = source.getConnection();
      assertThat(count()).isZero(); // a replica that has not replayed it
      connection.setClientInfo(RoutingDataSource.TOKEN, token);
      assertThat(count()).isEqualTo(1);
      assertThat(ask(TestCluster.NODE)).isEqualTo(port(0));
    } finally {
      cluster.resume(1);
      cluster.resume(2);
    }
    settle();
    assertThat(count()).isEqualTo(1);
    // A busy machine may miss the wait's 20 ms, and read from the primary once more.
    await().atMost(LONG).until(() -> ask(TestCluster.NODE) != port(0));
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    await()
        .atMost(LONG)
        .until(() -> {
          assertThat(count()).isEqualTo(1);
          int node = ask(TestCluster.NODE);
          connection.rollback();
          return node != port(0);
        });
  }

  @Test
  void token_setWhileAResultIsOpen_holdsForTheNextRead() throws Exception {
    cluster.pause(1);
    cluster.pause(2);
    try (Statement before = connection.createStatement();
        ResultSet rows = before.executeQuery("SELECT count(*) FROM things")) {
      rows.next();
      assertThat(rows.getInt(1)).isZero();
      insertWithoutSettling("a");
      connection.setClientInfo(
          RoutingDataSource.TOKEN, connection.getClientInfo(RoutingDataSource.TOKEN));
      assertThat(count()).isEqualTo(1); // and not from the replica that the result came from
    } finally {
      cluster.resume(1);
      cluster.resume(2);
    }
  }

  @Test
  void jdbi_worksAsOnOneDatabase() throws Exception {
    Jdbi jdbi = Jdbi.create(source);
    int inserted =
        jdbi.inTransaction(handle -> {
          PreparedBatch batch = handle.prepareBatch("INSERT INTO things (name) VALUES (:name)");
          for (String name : List.of("a", "b", "c")) {
            batch.bind("name", name).add();
          }
          return batch.execute().length;
        });
    assertThat(inserted).isEqualTo(3);
    settle();
    List<String> names =
        jdbi.withHandle(handle ->
            handle
                .createQuery("SELECT name FROM things WHERE name IN (<names>) ORDER BY name")
                .bindList("names", List.of("a", "c"))
                .mapTo(String.class)
                .list());
    assertThat(names).containsExactly("a", "c");
    int node =
        jdbi.withHandle(handle -> {
          handle.setReadOnly(true);
          return handle.inTransaction(
              inner -> inner.createQuery(TestCluster.NODE).mapTo(Integer.class).one());
        });
    assertThat(node).isNotEqualTo(port(0));
    long id =
        jdbi.withHandle(handle ->
            handle
                .createUpdate("INSERT INTO things (name) VALUES ('d')")
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one());
    assertThat(id).isEqualTo(4);
  }

  @Test
  void abort_givesTheRealConnectionsBack() throws Exception {
    int before = active();
    connection.setAutoCommit(false);
    insert("a");
    assertThat(active()).isEqualTo(before + 1);
    connection.abort(Runnable::run);
    assertThat(connection.isClosed()).isTrue();
    assertThat(active()).isEqualTo(before);
  }

  private void insertWithoutSettling(String name) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("INSERT INTO things (name) VALUES ('" + name + "')");
    }
  }

  @Test
  void strong_isThePrimary() throws Exception {
    connection.setClientInfo(RoutingDataSource.CONSISTENCY, "strong");
    assertThat(ask(TestCluster.NODE)).isEqualTo(port(0));
    connection.setClientInfo(RoutingDataSource.CONSISTENCY, null);
    assertThat(ask(TestCluster.NODE)).isNotEqualTo(port(0));
  }

  @Test
  void token_forged_isRefused() {
    Assertions.assertThatThrownBy(
            () -> connection.setClientInfo(RoutingDataSource.TOKEN, "AAAAAAAAAAAA"))
        .isInstanceOf(SQLClientInfoException.class);
  }

  @Test
  void outerPool_findsLeaks_andDoesNotKeepToOneReplica() throws Exception {
    Logger leaks = (Logger) LoggerFactory.getLogger("com.zaxxer.hikari.pool.ProxyLeakTask");
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    leaks.addAppender(logged);
    leaks.setLevel(Level.WARN); // the tests' own log leaves pools out
    try (HikariDataSource outer = new HikariDataSource()) {
      outer.setDataSource(source);
      outer.setMaximumPoolSize(1);
      outer.setLeakDetectionThreshold(2_000);
      Map<Integer, Integer> seen = new HashMap<>();
      for (int i = 0; i < 40; i++) {
        try (Connection pooled = outer.getConnection();
            Statement statement = pooled.createStatement();
            ResultSet row = statement.executeQuery(TestCluster.NODE)) {
          row.next();
          seen.merge(row.getInt(1), 1, Integer::sum);
        }
      }
      assertThat(seen.values()).hasSize(2).allMatch(count -> count >= 18);
      try (Connection leaked = outer.getConnection()) {
        await().atMost(LONG).until(() -> !logged.list.isEmpty());
        assertThat(leaked.isValid(1)).isTrue();
      }
    } finally {
      leaks.detachAppender(logged);
      leaks.setLevel(null);
    }
  }

  @Test
  void replicaKilledUnderLoad_noReadFails() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger reads = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        readers.add(
            threads.submit(() -> {
              while (!stop.get()) {
                try (Connection own = source.getConnection();
                    PreparedStatement statement = own.prepareStatement("SELECT 1 + ?")) {
                  statement.setInt(1, 1);
                  try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    reads.incrementAndGet();
                  }
                }
              }
              return null;
            }));
      }
      await().atMost(LONG).until(() -> reads.get() > 200);
      cluster.databases().kill("replica-2");
      int before = reads.get();
      await().atMost(LONG).until(() -> reads.get() > before + 500);
      await().atMost(LONG).until(() -> router.nodes().stream().allMatch(NodeStatus::up));
      stop.set(true);
      for (Future<?> reader : readers) {
        reader.get(); // fails if a read failed
      }
    }
    settle();
  }
}
