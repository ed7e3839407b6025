package dev.tideline.routing.sql;

import static dev.tideline.routing.sql.StatementKind.READ;
import static dev.tideline.routing.sql.StatementKind.SESSION;
import static dev.tideline.routing.sql.StatementKind.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.fleet.TestDatabase;
import dev.tideline.routing.sql.Classification.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Statements against the catalog of a real server. */
final class SqlClassifierIT {

  private static TestDatabase database;
  private static SqlClassifier classifier;

  /** What the aggregate of the schema below takes. */
  static final String AGGREGATE_STEP =
      "CREATE FUNCTION textcat_note(a text, b text) RETURNS text LANGUAGE sql VOLATILE AS"
          + " 'SELECT coalesce(a, '''') || note(b)'";

  /** What users make, and what their reads may run into. */
  static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE items (id bigint PRIMARY KEY, name text, price numeric(12, 2), tags text[],"
              + " data jsonb, at timestamptz)",
          "CREATE TABLE \"Odd Name\" (\"Select\" int)",
          "CREATE TABLE log (line text)",
          "CREATE SEQUENCE numbers",
          "CREATE FUNCTION plain(x int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT x + 1'",
          "CREATE FUNCTION note(x text) RETURNS text LANGUAGE sql VOLATILE AS 'INSERT INTO log"
              + " VALUES (x) RETURNING line'",
          "CREATE FUNCTION says_stable(x text) RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN"
              + " RETURN note(x); END'",
          "CREATE FUNCTION touch(i items) RETURNS text LANGUAGE sql VOLATILE AS 'SELECT"
              + " note(i.name)'",
          "CREATE AGGREGATE note_all(text) (SFUNC = textcat_note, STYPE = text)",
          "CREATE VIEW cheap AS SELECT * FROM items WHERE price < 10",
          "CREATE VIEW drawn AS SELECT nextval('numbers') AS n",
          "CREATE VIEW drawn_twice AS SELECT n FROM drawn",
          "CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM items",
          "CREATE DOMAIN noted AS text CHECK (note(VALUE) IS NOT NULL)",
          "CREATE TYPE mood AS ENUM ('glad', 'sad')",
          "CREATE OPERATOR @!@ (RIGHTARG = text, FUNCTION = note)",
          "CREATE TABLE guarded (id int)",
          "ALTER TABLE guarded ENABLE ROW LEVEL SECURITY",
          "CREATE POLICY watched ON guarded USING (note('read') IS NOT NULL)");

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.create(0);
    classifier = new SqlClassifier();
    try (Connection connection = database.connectAsAdmin(0);
        Statement statement = connection.createStatement()) {
      for (String sql : SCHEMA) {
        if (sql.startsWith("CREATE AGGREGATE")) {
          statement.execute(AGGREGATE_STEP);
        }
        statement.execute(sql);
      }
      classifier.load(connection);
    }
  }

  @AfterAll
  static void stop() {
    classifier.close();
    database.close();
  }

  private static Arguments row(String sql, StatementKind kind, Reason reason) {
    return Arguments.of(sql, kind, reason);
  }

  private static Arguments read(String sql) {
    return row(sql, READ, Reason.READS_ONLY);
  }

  private static Arguments write(String sql, Reason reason) {
    return row(sql, WRITE, reason);
  }

  private static Arguments session(String sql, Reason reason) {
    return row(sql, SESSION, reason);
  }

  static Stream<Arguments> statements() {
    return Stream.of(
        // what only reads
        read("SELECT 1"),
        read("select * from items"),
        read("SELECT name FROM items WHERE id = ?"),
        read("SELECT name FROM public.items WHERE id = $1;"),
        read("TABLE items"),
        read("VALUES (1), (2)"),
        read("(SELECT 1) UNION ALL (SELECT 2) ORDER BY 1"),
        read(
            "SELECT count(*), max(price) FILTER (WHERE price > 1) FROM items GROUP BY name HAVING"
                + " count(*) > 1"),
        read("SELECT i.name, rank() OVER (PARTITION BY name ORDER BY price DESC) FROM items i"),
        read("WITH t AS (SELECT id FROM items) SELECT * FROM t JOIN items USING (id)"),
        read(
            "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 9) SELECT"
                + " sum(n) FROM t"),
        read("SELECT * FROM cheap"),
        read("SELECT * FROM counted"),
        read("SELECT plain(id::int) FROM items"),
        read("SELECT now(), current_date, current_timestamp(3)"),
        read("SELECT data ->> 'a', tags[1] FROM items WHERE data @> '{\"a\": 1}'"),
        read("SELECT 'it''s; -- no comment', E'\\'; DROP TABLE items'"),
        read("SELECT $$; DELETE FROM items; $$"),
        read("SELECT /* FOR UPDATE /* nested */ nextval('x') */ 1 -- INSERT"),
        read("SELECT coalesce(name, 'FOR UPDATE') FROM items"),
        read("SELECT \"Select\" FROM \"Odd Name\""),
        read("SELECT * FROM generate_series(1, 10) AS g(n)"),
        read("SELECT t.x FROM unnest(ARRAY[1, 2]) t(x)".replace(" t(x)", " AS t(x)")),
        read("SELECT * FROM items TABLESAMPLE bernoulli (10)"),
        read(
            "SELECT substring(name FROM 1 FOR 3), extract(year FROM at), trim(both ' ' from name)"
                + " FROM items"),
        read("SELECT CAST(price AS numeric(10, 1)), 'glad'::mood FROM items"),
        read(
            "SELECT * FROM items WHERE id IN (SELECT id FROM cheap) AND EXISTS (SELECT 1 FROM"
                + " items)"),
        read("SELECT * FROM items i, LATERAL (SELECT plain(i.id::int) AS p) x LIMIT 5 OFFSET 2"),
        read("EXPLAIN SELECT * FROM items"),
        read("EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM items"),
        read("EXPLAIN ANALYZE SELECT * FROM items"),
        read("SELECT relname FROM pg_class"),
        read("SELECT * FROM items FETCH FIRST 3 ROWS ONLY"),
        read("SELECT DISTINCT ON (name) * FROM items ORDER BY name, id"),
        // what writes, and says so
        write("INSERT INTO items VALUES (1)", Reason.WRITE_STATEMENT),
        write(
            "INSERT INTO items SELECT * FROM items ON CONFLICT DO NOTHING RETURNING id",
            Reason.WRITE_STATEMENT),
        write("UPDATE items SET name = 'x'", Reason.WRITE_STATEMENT),
        write("DELETE FROM items", Reason.WRITE_STATEMENT),
        write(
            "MERGE INTO items USING log ON false WHEN NOT MATCHED THEN INSERT VALUES (1)",
            Reason.WRITE_STATEMENT),
        write("TRUNCATE items", Reason.WRITE_STATEMENT),
        write("CREATE TABLE more (id int)", Reason.WRITE_STATEMENT),
        write("CREATE TABLE more AS SELECT 1", Reason.WRITE_STATEMENT),
        write("ALTER TABLE items ADD x int", Reason.WRITE_STATEMENT),
        write("DROP TABLE items", Reason.WRITE_STATEMENT),
        write("CALL work()", Reason.WRITE_STATEMENT),
        write("DO $$ BEGIN PERFORM 1; END $$", Reason.WRITE_STATEMENT),
        write("COPY items FROM STDIN", Reason.WRITE_STATEMENT),
        write("COPY items TO STDOUT", Reason.WRITE_STATEMENT),
        write("VACUUM items", Reason.WRITE_STATEMENT),
        write("REFRESH MATERIALIZED VIEW counted", Reason.WRITE_STATEMENT),
        write("LOCK TABLE items", Reason.WRITE_STATEMENT),
        write("NOTIFY channel", Reason.WRITE_STATEMENT),
        write("EXPLAIN ANALYZE DELETE FROM items", Reason.WRITE_STATEMENT),
        write("EXPLAIN (ANALYZE) INSERT INTO items VALUES (1)", Reason.WRITE_STATEMENT),
        // what writes in the clothes of a read
        write(
            "WITH t AS (INSERT INTO log VALUES ('a') RETURNING *) SELECT * FROM t",
            Reason.DATA_MODIFYING),
        write(
            "WITH t AS MATERIALIZED (DELETE FROM log RETURNING *) SELECT * FROM t",
            Reason.DATA_MODIFYING),
        write("WITH t AS (SELECT 1) UPDATE items SET name = 'x'", Reason.DATA_MODIFYING),
        write(
            "EXPLAIN ANALYZE WITH t AS (DELETE FROM log RETURNING *) SELECT * FROM t",
            Reason.DATA_MODIFYING),
        write("SELECT * INTO copied FROM items", Reason.SELECT_INTO),
        write("SELECT * FROM items FOR UPDATE", Reason.LOCKING_CLAUSE),
        write("SELECT * FROM items FOR NO KEY UPDATE SKIP LOCKED", Reason.LOCKING_CLAUSE),
        write("SELECT * FROM items FOR SHARE OF items NOWAIT", Reason.LOCKING_CLAUSE),
        write("SELECT * FROM (SELECT * FROM items FOR KEY SHARE) t", Reason.LOCKING_CLAUSE),
        write("(SELECT * FROM items ORDER BY id LIMIT 1 FOR UPDATE)", Reason.LOCKING_CLAUSE),
        write("SELECT 1 UNION ALL (SELECT id FROM items FOR UPDATE)", Reason.LOCKING_CLAUSE),
        write(
            "SELECT * FROM items WHERE id IN (SELECT id FROM items FOR/**/UPDATE)",
            Reason.LOCKING_CLAUSE),
        write("SELECT nextval('numbers')", Reason.SEQUENCE),
        write("SELECT pg_catalog.nextval('numbers')", Reason.SEQUENCE),
        write("SELECT \"nextval\" ('numbers')", Reason.SEQUENCE),
        write("SELECT setval('numbers', 1)", Reason.SEQUENCE),
        write("SELECT currval('numbers')", Reason.SEQUENCE),
        write("SELECT 1 WHERE nextval('numbers') > 0", Reason.SEQUENCE),
        write("SELECT pg_advisory_xact_lock(1)", Reason.ADVISORY_LOCK),
        session("SELECT pg_advisory_lock(1)", Reason.ADVISORY_LOCK),
        session("SELECT pg_try_advisory_lock(1)", Reason.ADVISORY_LOCK),
        write("SELECT note('x')", Reason.VOLATILE_FUNCTION),
        write("SELECT public.NOTE('x')", Reason.VOLATILE_FUNCTION),
        write("SELECT * FROM note('x')", Reason.VOLATILE_FUNCTION),
        write("SELECT says_stable('x')", Reason.VOLATILE_FUNCTION),
        write("SELECT note_all(name) FROM items", Reason.VOLATILE_FUNCTION),
        write("SELECT i.touch FROM items i", Reason.VOLATILE_FUNCTION),
        write("SELECT touch(i) FROM items i", Reason.VOLATILE_FUNCTION),
        write("SELECT items ORDER BY (SELECT note('x'))", Reason.VOLATILE_FUNCTION),
        write(
            "SELECT sum(price) OVER (ORDER BY length(note(name))) FROM items",
            Reason.VOLATILE_FUNCTION),
        write("SELECT random()", Reason.VOLATILE_FUNCTION),
        write("SELECT pg_notify('a', 'b')", Reason.VOLATILE_FUNCTION),
        write("SELECT lo_create(0)", Reason.VOLATILE_FUNCTION),
        write("SELECT query_to_xml('DELETE FROM items', true, true, '')", Reason.VOLATILE_FUNCTION),
        write("SELECT txid_current()", Reason.VOLATILE_FUNCTION),
        write("SELECT no_such_function(1)", Reason.UNKNOWN_FUNCTION),
        write("SELECT @!@ 'x'", Reason.VOLATILE_OPERATOR),
        write("SELECT 'x'::noted", Reason.VOLATILE_TYPE),
        write("SELECT CAST('x' AS public.noted)", Reason.VOLATILE_TYPE),
        write("SELECT * FROM drawn", Reason.VOLATILE_VIEW),
        write("SELECT n FROM public.\"drawn_twice\"", Reason.VOLATILE_VIEW),
        write("SELECT * FROM guarded", Reason.VOLATILE_VIEW),
        write("SELECT * FROM not_there_yet", Reason.UNKNOWN_RELATION),
        write("SELECT * FROM \"ITEMS\"", Reason.UNKNOWN_RELATION),
        write("SELECT * FROM pg_stat_activity", Reason.SERVER_STATE),
        write("SHOW search_path", Reason.SERVER_STATE),
        // sessions
        session("CREATE TEMP TABLE mine (id int)", Reason.TEMPORARY_TABLE),
        session("CREATE TEMPORARY TABLE mine AS SELECT 1", Reason.TEMPORARY_TABLE),
        session("SET search_path = other", Reason.SESSION_STATE),
        session("RESET ALL", Reason.SESSION_STATE),
        session("LISTEN channel", Reason.SESSION_STATE),
        session("PREPARE p AS SELECT 1", Reason.SESSION_STATE),
        session("EXECUTE p", Reason.SESSION_STATE),
        session("DECLARE c CURSOR WITH HOLD FOR SELECT 1", Reason.SESSION_STATE),
        session("BEGIN", Reason.SESSION_STATE),
        session("SELECT set_config('a.b', 'c', false)", Reason.SESSION_STATE),
        write("SET LOCAL statement_timeout = 1", Reason.SESSION_STATE),
        write("SAVEPOINT s", Reason.WRITE_STATEMENT),
        // what cannot be told
        write("SELECT 1; SELECT 2", Reason.SEVERAL_STATEMENTS),
        write("SELECT 1; DELETE FROM items", Reason.SEVERAL_STATEMENTS),
        session("SELECT 1; SET a.b = 'c'", Reason.SEVERAL_STATEMENTS),
        write("SELECT * FORM items", Reason.NOT_PARSED),
        write("SELECT 'no end", Reason.NOT_PARSED),
        write("SELECT 1 /* no end", Reason.NOT_PARSED),
        write("SELECT U&\"n\\0065xtval\"('numbers')", Reason.NOT_PARSED),
        write("SELECT {fn now()}", Reason.NOT_PARSED),
        write("{call work()}", Reason.NOT_PARSED),
        write("", Reason.NOT_PARSED),
        write("-- nothing", Reason.NOT_PARSED),
        write("FROBNICATE items", Reason.WRITE_STATEMENT));
  }

  @ParameterizedTest
  @MethodSource("statements")
  void classify_tellsKindAndReason(String sql, StatementKind kind, Reason reason) {
    Classification classification = classifier.classify(sql);
    assertThat(classification.kind()).as(sql + " " + classification).isEqualTo(kind);
    assertThat(classification.reason()).as(sql + " " + classification).isEqualTo(reason);
  }

  @Test
  void table_hasEightyStatementsAtLeast() {
    assertThat(statements()).hasSizeGreaterThanOrEqualTo(80);
  }

  @Test
  void classify_beforeTheCatalogIsKnown_isAWrite() {
    try (SqlClassifier blind = new SqlClassifier()) {
      assertThat(blind.classify("SELECT 1").reason()).isEqualTo(Reason.CATALOG_UNKNOWN);
    }
  }

  @Test
  void classify_veryLongText_isAWrite() {
    String sql = "SELECT '" + "x".repeat(SqlClassifier.TEXT_LENGTH_MAX) + "'";
    assertThat(classifier.classify(sql).reason()).isEqualTo(Reason.NOT_PARSED);
  }

  @Test
  void classify_parsingTakesTooLong_isTriedAgain_thriceAtMost() throws SQLException {
    AtomicInteger millis = new AtomicInteger(20);
    CompletableFuture<Void> idle =
        new CompletableFuture<Void>().completeOnTimeout(null, 60, TimeUnit.SECONDS);
    ThreadFactory busyMachine =
        task ->
            Thread.ofVirtual()
                .unstarted(() -> {
                  idle.join();
                  task.run();
                });
    try (Connection connection = database.connectAsAdmin(0);
        SqlClassifier hasty =
            new SqlClassifier(Executors.newThreadPerTaskExecutor(busyMachine), millis::get)) {
      hasty.load(connection);
      String busy = "SELECT name FROM items WHERE id = 1";
      String slow = "SELECT name FROM items WHERE id = 2";
      assertThat(hasty.classify(busy).reason()).isEqualTo(Reason.PARSE_TIMEOUT);
      for (int i = 0; i < 3; i++) {
        assertThat(hasty.classify(slow).reason()).isEqualTo(Reason.PARSE_TIMEOUT);
      }
      millis.set(60_000);
      idle.complete(null);
      assertThat(hasty.classify(busy).kind()).isEqualTo(READ);
      assertThat(hasty.classify(slow).reason()).as("not again").isEqualTo(Reason.PARSE_TIMEOUT);
    }
  }

  @Test
  void learn_refusedStatement_isAWriteFromThenOn() {
    String sql = "SELECT plain(41)";
    assertThat(classifier.classify(sql).kind()).isEqualTo(READ);
    assertThat(classifier.learn(sql)).isTrue();
    assertThat(classifier.learn(sql)).isFalse();
    assertThat(classifier.classify(sql).reason()).isEqualTo(Reason.LEARNED);
  }

  @Test
  void load_functionBecomesVolatile_forgetsWhatWasDecided() throws SQLException {
    try (Connection connection = database.connectAsAdmin(0);
        Statement statement = connection.createStatement();
        SqlClassifier own = new SqlClassifier()) {
      statement.execute("CREATE FUNCTION changing() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1'");
      own.load(connection);
      assertThat(own.classify("SELECT changing()").kind()).isEqualTo(READ);
      statement.execute("ALTER FUNCTION changing() VOLATILE");
      own.load(connection);
      assertThat(own.classify("SELECT changing()").reason()).isEqualTo(Reason.VOLATILE_FUNCTION);
    }
  }

  @Test
  void classify_moreTextsThanAreRemembered_staysRight() {
    for (int i = 0; i < 2 * SqlClassifier.REMEMBERED_MAX + 10; i++) {
      // cheap ones: the lexer alone decides
      assertThat(classifier.classify("INSERT INTO items VALUES (" + i + ")").kind())
          .isEqualTo(WRITE);
    }
    assertThat(classifier.classify("SELECT 1").kind()).isEqualTo(READ);
  }
}
