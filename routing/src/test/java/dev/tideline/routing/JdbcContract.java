package dev.tideline.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** What callers rely on in a JDBC connection; held by the plain driver and by the router alike. */
abstract class JdbcContract {

  static final String TABLE =
      """
      CREATE TABLE IF NOT EXISTS public.things (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, price numeric(12, 2),
        fine boolean, raw bytea, at timestamptz, uid uuid, tags text[])\
      """;

  static final Duration LONG = Duration.ofSeconds(60);

  /** Every statement that a test's table may be read by can see what was committed. */
  abstract void settle() throws Exception;

  abstract DataSource source();

  Connection connection;

  @BeforeEach
  void connect() throws Exception {
    try (Connection own = source().getConnection();
        Statement statement = own.createStatement()) {
      statement.execute(TABLE);
      statement.execute("TRUNCATE things RESTART IDENTITY");
    }
    settle();
    connection = source().getConnection();
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
  }

  private static String state(ThrowingCall call) {
    try {
      call.run();
      return "none";
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  private interface ThrowingCall {
    void run() throws SQLException;
  }

  void insert(String... names) throws Exception {
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO things (name) VALUES (?)")) {
      for (String name : names) {
        statement.setString(1, name);
        assertThat(statement.executeUpdate()).isEqualTo(1);
      }
    }
  }

  long count() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM things")) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void parameters_ofManyTypes_comeBackAsTheyWent() throws Exception {
    UUID uid = UUID.randomUUID();
    OffsetDateTime at = OffsetDateTime.of(2026, 1, 2, 3, 4, 5, 0, ZoneOffset.UTC);
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO things (name, price, fine, raw, at, uid, tags) VALUES (?, ?, ?, ?, ?, ?,"
                + " ?)")) {
      statement.setString(1, "ünï 'quoted'");
      statement.setBigDecimal(2, new BigDecimal("12.30"));
      statement.setBoolean(3, true);
      statement.setBytes(4, new byte[] {0, 1, -1});
      statement.setObject(5, at);
      statement.setObject(6, uid);
      statement.setArray(7, connection.createArrayOf("text", new String[] {"a", "b,c"}));
      assertThat(statement.executeUpdate()).isEqualTo(1);
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT * FROM things WHERE name = ? AND price = ? AND fine = ? AND at = ? AND uid = ?"
                + " AND tags = ? AND ? IS NULL")) {
      statement.setString(1, "ünï 'quoted'");
      statement.setBigDecimal(2, new BigDecimal("12.3"));
      statement.setObject(3, true);
      statement.setTimestamp(4, Timestamp.from(at.toInstant()));
      statement.setObject(5, uid);
      Array tags = connection.createArrayOf("text", new String[] {"a", "b,c"});
      statement.setArray(6, tags);
      statement.setNull(7, Types.VARCHAR);
      try (ResultSet row = statement.executeQuery()) {
        assertThat(row.next()).isTrue();
        assertThat(row.getBigDecimal("price")).isEqualByComparingTo("12.3");
        assertThat(row.getBytes("raw")).containsExactly(0, 1, -1);
        assertThat(row.getObject("uid")).isEqualTo(uid);
        assertThat((String[]) row.getArray("tags").getArray()).containsExactly("a", "b,c");
        assertThat(row.next()).isFalse();
      }
    }
  }

  @Test
  void preparedStatement_runAgainWithOtherParameters_answersAnew() throws Exception {
    insert("a", "b");
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT count(*) FROM things WHERE name = ? OR name = ?")) {
      List<Long> counts = new ArrayList<>();
      for (String[] pair : new String[][] {{"a", "b"}, {"a", "x"}, {"x", "y"}}) {
        statement.setString(1, pair[0]);
        statement.setString(2, pair[1]);
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          counts.add(row.getLong(1));
        }
      }
      assertThat(counts).containsExactly(2L, 1L, 0L);
      statement.clearParameters();
      assertThat(state(statement::executeQuery)).isEqualTo("22023");
    }
  }

  @Test
  void batch_ofAPreparedStatement_runsAll() throws Exception {
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO things (name) VALUES (?)")) {
      for (int i = 0; i < 100; i++) {
        statement.setString(1, "n" + i);
        statement.addBatch();
      }
      assertThat(statement.executeBatch()).hasSize(100).containsOnly(1);
    }
    assertThat(count()).isEqualTo(100);
  }

  @Test
  void batch_ofAStatement_runsAllAndFailsAsOne() throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.addBatch("INSERT INTO things (name) VALUES ('a')");
      statement.addBatch("UPDATE things SET name = 'b'");
      assertThat(statement.executeBatch()).containsExactly(1, 1);
      statement.addBatch("INSERT INTO things (name) VALUES ('c')");
      statement.addBatch("INSERT INTO nowhere VALUES (1)");
      assertThat(state(statement::executeBatch)).isEqualTo("42P01");
      statement.clearBatch();
    }
  }

  @Test
  void generatedKeys_areAnswered() throws Exception {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO things (name) VALUES ('a'), ('b')", Statement.RETURN_GENERATED_KEYS)) {
      assertThat(statement.executeUpdate()).isEqualTo(2);
      try (ResultSet keys = statement.getGeneratedKeys()) {
        assertThat(keys.next()).isTrue();
        assertThat(keys.getLong("id")).isEqualTo(1);
        assertThat(keys.next()).isTrue();
      }
    }
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("INSERT INTO things (name) VALUES ('c')", new String[] {"id"});
      try (ResultSet keys = statement.getGeneratedKeys()) {
        assertThat(keys.next()).isTrue();
        assertThat(keys.getLong(1)).isEqualTo(3);
        assertThat(keys.getMetaData().getColumnCount()).isEqualTo(1);
      }
    }
  }

  @Test
  void transaction_rolledBack_leavesNothing() throws Exception {
    connection.setAutoCommit(false);
    insert("a");
    assertThat(count()).isEqualTo(1);
    connection.rollback();
    assertThat(count()).isZero();
    insert("b");
    connection.commit();
    connection.rollback();
    assertThat(count()).isEqualTo(1);
    connection.rollback();
    insert("c");
    connection.setAutoCommit(true); // commits
    assertThat(count()).isEqualTo(2);
  }

  @Test
  void transaction_afterAnError_failsUntilItIsRolledBack() throws Exception {
    connection.setAutoCommit(false);
    insert("a");
    try (Statement statement = connection.createStatement()) {
      assertThat(state(() -> statement.execute("SELECT nonsense"))).isEqualTo("42703");
      assertThat(state(() -> statement.execute("SELECT 1"))).isEqualTo("25P02");
      connection.rollback();
      assertThat(statement.execute("SELECT 1")).isTrue();
    }
    assertThat(count()).isZero();
  }

  @Test
  void savepoint_rolledBack_keepsWhatWasBefore() throws Exception {
    connection.setAutoCommit(false);
    insert("a");
    Savepoint savepoint = connection.setSavepoint("here");
    insert("b");
    connection.rollback(savepoint);
    connection.releaseSavepoint(savepoint);
    connection.commit();
    assertThat(count()).isEqualTo(1);
    connection.rollback();
  }

  @Test
  void transactionMethods_inAutocommit_areRefused() throws Exception {
    assertThat(state(connection::commit)).isEqualTo("25P01");
    assertThat(state(connection::rollback)).isEqualTo("25P01");
    assertThat(state(connection::setSavepoint)).isEqualTo("25P01");
  }

  @Test
  void readOnlyTransaction_thatWrites_isRefused() throws Exception {
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    assertThat(count()).isZero();
    try (Statement statement = connection.createStatement()) {
      assertThat(state(() -> statement.execute("INSERT INTO things (name) VALUES ('a')")))
          .isEqualTo("25006");
    }
    assertThat(state(() -> connection.setReadOnly(false))).isEqualTo("25001");
    connection.rollback();
    connection.setReadOnly(false);
    insert("a");
    connection.commit();
  }

  @Test
  void isolation_isTheTransactions() throws Exception {
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    assertThat(connection.getTransactionIsolation())
        .isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setAutoCommit(false);
    for (boolean readOnly : new boolean[] {false, true}) {
      connection.setReadOnly(readOnly);
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SHOW transaction_isolation")) {
        row.next();
        assertThat(row.getString(1)).isEqualTo("repeatable read");
      }
      connection.rollback();
    }
  }

  @Test
  void queryTimeout_passed_cancelsTheStatement() throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      assertThat(statement.getQueryTimeout()).isEqualTo(1);
      assertThat(state(() -> statement.execute("SELECT pg_sleep(30)"))).isEqualTo("57014");
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT count(*) FROM generate_series(1, ?) a, generate_series(1, 1000000) b")) {
      statement.setQueryTimeout(1);
      statement.setInt(1, 1_000_000);
      assertThat(state(statement::executeQuery)).isEqualTo("57014");
    }
  }

  @Test
  void cancel_fromAnotherThread_endsTheStatement() throws Exception {
    try (Statement statement = connection.createStatement()) {
      CompletableFuture<String> ended =
          CompletableFuture.supplyAsync(() ->
              state(() ->
                  statement.executeQuery(
                      "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1,"
                          + " 1000000) b")));
      await()
          .atMost(LONG)
          .until(() -> {
            statement.cancel();
            return ended.isDone();
          });
      assertThat(ended.get(1, TimeUnit.SECONDS)).isEqualTo("57014");
    }
  }

  @Test
  void resultsAndStatements_knowWhereTheyComeFrom() throws Exception {
    insert("a");
    try (PreparedStatement statement =
            connection.prepareStatement("SELECT name, price FROM things");
        ResultSet row = statement.executeQuery()) {
      assertThat(row.getStatement()).isSameAs(statement);
      assertThat(statement.getConnection()).isSameAs(connection);
      assertThat(row.getMetaData().getColumnName(2)).isEqualTo("price");
      assertThat(row.next()).isTrue();
      assertThat(row.getBigDecimal(2)).isNull();
      assertThat(row.wasNull()).isTrue();
    }
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT id FROM things WHERE id = ?")) {
      assertThat(statement.getMetaData().getColumnCount()).isEqualTo(1);
      assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(1);
    }
  }

  @Test
  void statements_openSideBySide_keepTheirResults() throws Exception {
    insert("a", "b", "c");
    try (Statement outer = connection.createStatement();
        ResultSet rows = outer.executeQuery("SELECT id FROM things ORDER BY id")) {
      int seen = 0;
      while (rows.next()) {
        try (PreparedStatement inner =
            connection.prepareStatement("SELECT name FROM things WHERE id = ?")) {
          inner.setLong(1, rows.getLong(1));
          try (ResultSet row = inner.executeQuery()) {
            assertThat(row.next()).isTrue();
            seen++;
          }
        }
        try (Statement write = connection.createStatement()) {
          write.executeUpdate("UPDATE things SET fine = true WHERE id = " + rows.getLong(1));
        }
      }
      assertThat(seen).isEqualTo(3);
    }
  }

  @Test
  void fetchSize_inATransaction_readsInParts() throws Exception {
    for (boolean readOnly : new boolean[] {false, true}) {
      connection.setReadOnly(readOnly);
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(10);
        assertThat(statement.getFetchSize()).isEqualTo(10);
        try (ResultSet rows = statement.executeQuery("SELECT * FROM generate_series(1, 95)")) {
          int seen = 0;
          while (rows.next()) {
            seen++;
          }
          assertThat(seen).isEqualTo(95);
        }
      }
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  @Test
  void maxRows_limitsTheResult() throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.setMaxRows(5);
      assertThat(statement.getMaxRows()).isEqualTo(5);
      try (ResultSet rows = statement.executeQuery("SELECT * FROM generate_series(1, 95)")) {
        int seen = 0;
        while (rows.next()) {
          seen++;
        }
        assertThat(seen).isEqualTo(5);
      }
      assertThat(state(() -> statement.setMaxRows(-1))).isEqualTo("22023");
    }
  }

  @Test
  void resultSet_scrollable_goesBack() throws Exception {
    try (Statement statement =
            connection.createStatement(
                ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
        ResultSet rows = statement.executeQuery("SELECT * FROM generate_series(1, 3)")) {
      assertThat(rows.last()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(3);
      assertThat(rows.first()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(1);
    }
  }

  @Test
  void streams_areRead() throws Exception {
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO things (name, raw) VALUES (?, ?)")) {
      statement.setCharacterStream(1, new StringReader("from a reader"), 13);
      statement.setBinaryStream(
          2, new ByteArrayInputStream("bytes".getBytes(StandardCharsets.UTF_8)), 5);
      assertThat(statement.executeUpdate()).isEqualTo(1);
    }
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT count(*) FROM things WHERE name = ?")) {
      statement.setCharacterStream(1, new StringReader("from a reader"), 13);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        assertThat(row.getInt(1)).isEqualTo(1);
      }
    }
  }

  @Test
  void severalStatements_answerOneAfterAnother() throws Exception {
    try (Statement statement = connection.createStatement()) {
      assertThat(statement.execute("SELECT 1; INSERT INTO things (name) VALUES ('a'); SELECT 2"))
          .isTrue();
      assertThat(statement.getMoreResults()).isFalse();
      assertThat(statement.getUpdateCount()).isEqualTo(1);
      assertThat(statement.getMoreResults()).isTrue();
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        assertThat(row.getInt(1)).isEqualTo(2);
      }
    }
  }

  @Test
  void session_thatWasChanged_staysChanged() throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TEMP TABLE mine (id int)");
      statement.execute("INSERT INTO mine VALUES (7)");
      statement.execute("SET application_name = 'changed'");
    }
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT id, current_setting('application_name') FROM mine")) {
      row.next();
      assertThat(row.getInt(1)).isEqualTo(7);
      assertThat(row.getString(2)).isEqualTo("changed");
    }
  }

  @Test
  void readOnlySession_thatWasChanged_staysChanged() throws Exception {
    for (boolean autoCommit : new boolean[] {true, false}) {
      connection.setReadOnly(true);
      connection.setAutoCommit(autoCommit);
      String value = "autocommit " + autoCommit;
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET app.tenant = '" + value + "'");
      }
      for (int i = 0; i < 4; i++) {
        try (Statement statement = connection.createStatement();
            ResultSet row = statement.executeQuery("SELECT current_setting('app.tenant')")) {
          row.next();
          assertThat(row.getString(1)).isEqualTo(value);
        }
        if (!autoCommit) {
          connection.commit();
        }
      }
      connection.setAutoCommit(true);
      connection.close();
      connection = source().getConnection();
    }
  }

  @Test
  void readOnlyTransaction_batchThatWrites_isRefused() throws Exception {
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    assertThat(count()).isZero();
    try (Statement statement = connection.createStatement()) {
      statement.addBatch("INSERT INTO things (name) VALUES ('a')");
      assertThat(state(statement::executeBatch)).isEqualTo("25006");
    }
    connection.rollback();
    connection.setReadOnly(false);
    assertThat(count()).isZero();
    connection.rollback();
  }

  @Test
  void schema_isWhereNamesAreLookedUp() throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA IF NOT EXISTS other");
      statement.execute("DROP TABLE IF EXISTS other.things");
      statement.execute("CREATE TABLE other.things (id int)");
      statement.execute("INSERT INTO other.things VALUES (1), (2)");
    }
    connection.setSchema("other");
    assertThat(connection.getSchema()).isEqualTo("other");
    assertThat(count()).isEqualTo(2);
    try (Connection another = source().getConnection()) {
      assertThat(another.getSchema()).isNotEqualTo("other");
    }
  }

  @Test
  void metadata_isTheDatabases() throws Exception {
    DatabaseMetaData metadata = connection.getMetaData();
    assertThat(metadata.getDatabaseProductName()).isEqualTo("PostgreSQL");
    try (ResultSet tables = metadata.getTables(null, "public", "things", null)) {
      assertThat(tables.next()).isTrue();
    }
  }

  @Test
  void copyManager_isReachedByUnwrapping() throws Exception {
    assertThat(connection.isWrapperFor(PGConnection.class)).isTrue();
    CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
    copy.copyIn("COPY things (name) FROM STDIN", new StringReader("a\nb\n"));
    assertThat(count()).isEqualTo(2);
  }

  @Test
  void errors_haveTheServersStates() throws Exception {
    try (Statement statement = connection.createStatement()) {
      assertThat(state(() -> statement.executeQuery("SELEC 1"))).isEqualTo("42601");
      assertThat(state(() -> statement.executeQuery("SELECT * FROM nowhere"))).isEqualTo("42P01");
      assertThat(state(() -> statement.executeQuery("SELECT 1/0"))).isEqualTo("22012");
      assertThat(state(() -> statement.executeUpdate("SELECT 1"))).isNotEqualTo("none");
      assertThat(state(() -> statement.executeQuery("DROP TABLE IF EXISTS nowhere")))
          .isNotEqualTo("none");
    }
  }

  @Test
  void close_endsEverything() throws Exception {
    Statement statement = connection.createStatement();
    ResultSet row = statement.executeQuery("SELECT 1");
    connection.close();
    assertThat(connection.isClosed()).isTrue();
    assertThat(statement.isClosed()).isTrue();
    assertThat(row.isClosed()).isTrue();
    assertThat(state(() -> connection.createStatement())).isNotEqualTo("none");
    assertThatThrownBy(() -> statement.executeQuery("SELECT 1")).isInstanceOf(SQLException.class);
    connection.close(); // again does nothing
    assertThat(connection.isValid(1)).isFalse();
  }

  @Test
  void close_inATransaction_rollsItBack() throws Exception {
    connection.setAutoCommit(false);
    insert("a");
    connection.close();
    connection = source().getConnection();
    assertThat(connection.getAutoCommit()).isTrue();
    assertThat(count()).isZero();
  }
}
