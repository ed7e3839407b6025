package dev.tideline.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.tideline.fleet.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;
import net.jqwik.api.Tuple;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The law that routing stands on: no statement that changes the database is taken for a read.
 *
 * <p>Statements are put together at random from parts that read and parts that write, nested and
 * disguised. Each that is taken for a read is run on the real server, and the database must be the
 * same after: its rows, its sequences, and what each session holds.
 */
final class ClassifierPropertyIT {

  private static final int TRIES = 10_000;

  private static TestDatabase database;
  private static Connection connection;
  private static SqlClassifier classifier;
  private static String untouched;
  private final Map<StatementKind, Integer> seen = new EnumMap<>(StatementKind.class);
  private int ran;

  private static final String STATE =
      """
      SELECT md5(string_agg(part, '|' ORDER BY part)) FROM (
        SELECT 'i' || i::text FROM items i UNION ALL SELECT 'l' || l::text FROM log l
        UNION ALL SELECT 's' || last_value || is_called::text FROM numbers
        UNION ALL SELECT 'g' || g::text FROM guarded g
        UNION ALL SELECT 'r' || relname || relkind::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT 't' || count(*) FROM pg_class WHERE relpersistence = 't'
        UNION ALL SELECT 'o' || count(*) FROM pg_largeobject_metadata
        UNION ALL SELECT 'a' || count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()
        UNION ALL SELECT 'n' || coalesce(current_setting('my.note', true), '')
      ) state(part)\
      """;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.create(0);
    connection = database.connectAsAdmin(0);
    try (Statement statement = connection.createStatement()) {
      for (String sql : SqlClassifierIT.SCHEMA) {
        if (sql.startsWith("CREATE AGGREGATE")) {
          statement.execute(SqlClassifierIT.AGGREGATE_STEP);
        }
        statement.execute(sql);
      }
      statement.execute(
          "INSERT INTO items (id, name, price) SELECT g, 'n' || g, g FROM generate_series(1, 5) g");
      statement.execute("INSERT INTO guarded VALUES (1)");
      // So that the policy applies to the owner too.
      statement.execute("ALTER TABLE guarded FORCE ROW LEVEL SECURITY");
    }
    classifier = new SqlClassifier();
    classifier.load(connection);
    connection.setAutoCommit(false);
    untouched = state();
    connection.rollback();
  }

  @AfterAll
  static void stop() throws Exception {
    classifier.close();
    connection.close();
    database.close();
  }

  private static String state() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(STATE)) {
      row.next();
      return row.getString(1);
    }
  }

  /**
   * Runs under JUnit's own engine: jqwik's does not yet run on the platform's current release, its
   * generators and shrinking do.
   */
  @Test
  void whatIsTakenForARead_changesNothing() {
    long seed = Long.getLong("tideline.test.seed", new Random().nextLong());
    JqwikSession.run(() -> {
      RandomGenerator<String> generator = statements().generator(TRIES, true);
      Random random = new Random(seed);
      for (int i = 0; i < TRIES; i++) {
        Shrinkable<String> statement = generator.next(random);
        if (changesAsARead(statement.value())) {
          fail(
              "seed %d: taken for a read, and it changes the database: %s",
              seed, shrunk(statement));
        }
      }
    });
    // The law says nothing if there were no reads to run, or nothing but reads.
    System.out.printf("seed %d, statements by kind %s, reads run %d%n", seed, seen, ran);
    assertThat(ran).isGreaterThan(TRIES / 100);
    assertThat(seen.getOrDefault(StatementKind.WRITE, 0)).isGreaterThan(TRIES / 20);
  }

  private String shrunk(Shrinkable<String> statement) {
    return statement
        .shrink()
        .filter(smaller -> changesAsARead(smaller.value()))
        .findFirst()
        .map(this::shrunk)
        .orElseGet(statement::value);
  }

  /** Whether a statement is taken for a read, runs, and leaves the database changed. */
  private boolean changesAsARead(String sql) {
    StatementKind kind = classifier.classify(sql).kind();
    seen.merge(kind, 1, Integer::sum);
    if (kind != StatementKind.READ) {
      return false;
    }
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(10);
      statement.execute(sql);
      ran++;
      return !state().equals(untouched);
    } catch (SQLException e) {
      return false; // it does not run at all, so it changes nothing either
    } finally {
      rollback();
    }
  }

  private static void rollback() {
    try {
      connection.rollback();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- statements

  private static final List<String> CALLS =
      List.of(
          "nextval('numbers')",
          "pg_catalog.nextval('numbers')",
          "\"nextval\"('numbers')",
          "setval('numbers', 9)",
          "length(note('x'))",
          "public.plain(1)",
          "plain(2)",
          "length(says_stable('y'))",
          "length('x'::noted)",
          "length(CAST('x' AS noted))",
          "length(@!@ 'x')",
          "abs(-1)",
          "count(*)",
          "max(price)",
          "length(name)",
          "pg_advisory_lock(1) IS NULL",
          "lo_create(0)::int",
          "txid_current() > 0",
          "set_config('my.note', 'x', false) = 'x'",
          "(SELECT nextval('numbers'))",
          "coalesce(price, 0)",
          "1 + 1",
          "id",
          "now() > at",
          "length(note_all(name))",
          "length(query_to_xml('SELECT nextval(''numbers'')', true, true, '')::text)",
          "(SELECT max(n) FROM drawn)",
          "(SELECT count(*) FROM guarded)",
          "(SELECT count(*) FROM cheap)",
          "length(i.touch)",
          "random() > 2",
          "'nextval(1)' = ''",
          "E'\\'; SELECT nextval(''numbers'')' IS NULL",
          "\"id\"",
          "nextval /* c */ ('numbers')",
          "nextval -- c\n ('numbers')",
          "U&\"n\\0065xtval\"('numbers')");

  private static final List<String> SOURCES =
      List.of(
          "items i",
          "items AS i",
          "public.items i",
          "cheap i",
          "(SELECT * FROM items) i",
          "(SELECT * FROM items FOR UPDATE) i",
          "items i, drawn",
          "items i CROSS JOIN drawn_twice",
          "items i, LATERAL (SELECT note(i.name)) x",
          "items i, note('x') f",
          "guarded g, items i",
          "items i, generate_series(1, 2) AS s(n)",
          "items i TABLESAMPLE bernoulli (50)",
          "(WITH d AS (DELETE FROM log RETURNING line) SELECT * FROM d) i",
          "(SELECT i.*, nextval('numbers') FROM items i) i",
          "counted i");

  private static final List<String> CONDITIONS =
      List.of(
          "",
          "WHERE true",
          "WHERE id > 0",
          "WHERE nextval('numbers') > 0",
          "WHERE EXISTS (SELECT note('x'))",
          "WHERE id IN (SELECT id FROM items FOR SHARE)",
          "WHERE 'FOR UPDATE' <> ''",
          "WHERE note(name) IS NOT NULL",
          "WHERE name LIKE 'n%'",
          "ORDER BY setval('numbers', 5)",
          "GROUP BY i.id HAVING nextval('numbers') > 0",
          "LIMIT 1",
          "LIMIT (SELECT nextval('numbers'))",
          "FOR UPDATE",
          "FOR KEY SHARE",
          "FOR/**/UPDATE",
          "WINDOW w AS (ORDER BY length(note('x')))");

  private static final List<String> OTHERS =
      List.of(
          "INSERT INTO log VALUES ('x')",
          "UPDATE items SET name = name || 'x'",
          "DELETE FROM items",
          "TRUNCATE log",
          "CREATE TABLE fresh (id int)",
          "CREATE TEMP TABLE fresh (id int)",
          "DROP TABLE log",
          "SELECT * INTO fresh FROM items",
          "DO $$ BEGIN INSERT INTO log VALUES ('x'); END $$",
          "SET my.note = 'x'",
          "COPY log FROM PROGRAM 'echo x'",
          "TABLE items",
          "VALUES (nextval('numbers'))",
          "VALUES (1), (2)",
          "CALL nothing()",
          "SELECT",
          "SHOW my.note",
          "MERGE INTO log USING items ON false WHEN NOT MATCHED THEN INSERT VALUES ('x')");

  private static final List<String> SHAPES =
      List.of(
          "%s",
          "%s;",
          "(%s)",
          "EXPLAIN %s",
          "EXPLAIN ANALYZE %s",
          "EXPLAIN (ANALYZE, VERBOSE) %s",
          "/* SELECT 1 */ %s",
          "-- a read\n%s",
          "WITH t AS (%s) SELECT * FROM t",
          "WITH t AS MATERIALIZED (%s), u AS (SELECT 1) SELECT 1",
          "SELECT (%s) IS NULL",
          "SELECT * FROM (%s) s",
          "%s UNION ALL %s",
          "SELECT EXISTS (%s)",
          "SELECT 1; %s",
          "WITH t AS (SELECT 1) %s",
          "SELECT ARRAY(%s)",
          "PREPARE p AS %s",
          "DECLARE c CURSOR FOR %s",
          "CREATE TABLE fresh AS %s",
          "((%s))",
          "SELECT CASE WHEN true THEN (%s) END IS NULL");

  private static Arbitrary<String> statements() {
    Arbitrary<String> call = Arbitraries.of(CALLS);
    Arbitrary<String> select =
        Combinators.combine(
                call, call.optional(0.3), Arbitraries.of(SOURCES), Arbitraries.of(CONDITIONS))
            .as((one, other, source, condition) ->
                "SELECT %s%s FROM %s %s"
                    .formatted(one, other.map(text -> ", " + text).orElse(""), source, condition));
    Arbitrary<String> plain = call.map(text -> "SELECT " + text);
    Arbitrary<String> statement =
        Arbitraries.frequencyOf(
            Tuple.of(6, select), Tuple.of(2, plain), Tuple.of(2, Arbitraries.of(OTHERS)));
    Arbitrary<String> shape = Arbitraries.of(SHAPES);
    Arbitrary<String> once = Combinators.combine(shape, statement).as(ClassifierPropertyIT::shaped);
    Arbitrary<String> twice = Combinators.combine(shape, once).as(ClassifierPropertyIT::shaped);
    return Arbitraries.oneOf(statement, once, twice);
  }

  private static String shaped(String shape, String statement) {
    return shape.replace("%s", statement);
  }
}
