package dev.tideline.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.tideline.embedded.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;
import net.jqwik.api.Tuple;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The law that routing stands on: no statement that changes the database is taken for a read.
 *
 * <p>Statements are put together at random from parts that read and parts that write, nested and
 * disguised. Each that is taken for a read is run on the real server, and the database must be the
 * same after: its rows, its sequences, and what each session holds. Its tables must be known as the
 * server knows them. And what the lexer splits, the server's own lexer must split alike.
 */
final class ClassifierPropertyIT {

  private static final int TRIES = 1_000;
  private static final int TRIES_LONG = 20_000;
  private static final int TEXTS = 2_000;
  private static final int TEXTS_LONG = 50_000;

  private static TestDatabase database;
  private static Connection connection;
  private static SqlClassifier classifier;
  private static String untouched;
  private final Map<StatementKind, Integer> seen = new EnumMap<>(StatementKind.class);
  private int ran;
  private int ofTables;

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
      for (String sql : JudgedStatements.SCHEMA) {
        statement.execute(sql);
      }
      for (String sql : JudgedStatements.KEYWORD_FUNCTIONS) {
        statement.execute(sql);
      }
      statement.execute(
          "INSERT INTO items (id, name, price) SELECT g, 'n' || g, g FROM generate_series(1, 5) g");
      statement.execute("INSERT INTO guarded VALUES (1)");
      statement.execute("INSERT INTO marked VALUES (1, NULL)");
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

  @Test
  void whatIsTakenForARead_changesNothing_andItsTablesAreKnown() {
    tryReads(TRIES);
  }

  @Test
  @Tag("long")
  void whatIsTakenForARead_changesNothing_andItsTablesAreKnown_long() {
    tryReads(TRIES_LONG);
  }

  private void tryReads(int tries) {
    tryAll(tries, statements(), this::faultOfARead);
    // The law says nothing if there were no reads to run, or nothing but reads.
    System.out.printf("statements by kind %s, reads run %d, of tables %d%n", seen, ran, ofTables);
    assertThat(ran).isGreaterThan(tries / 100);
    assertThat(ofTables).isGreaterThan(tries / 100);
    assertThat(seen.getOrDefault(StatementKind.WRITE, 0)).isGreaterThan(tries / 20);
  }

  /**
   * Runs under JUnit's own engine: jqwik's does not yet run on the platform's current release, its
   * generators and shrinking do.
   */
  private static void tryAll(int tries, Arbitrary<String> texts, Function<String, String> fault) {
    long seed = Long.getLong("tideline.test.seed", new Random().nextLong());
    JqwikSession.run(() -> {
      RandomGenerator<String> generator = texts.generator(tries, true);
      Random random = new Random(seed);
      for (int i = 0; i < tries; i++) {
        Shrinkable<String> text = generator.next(random);
        if (!fault.apply(text.value()).isEmpty()) {
          String smallest = shrunk(text, fault);
          fail("seed %d: %s: %s", seed, fault.apply(smallest), smallest);
        }
      }
    });
  }

  private static String shrunk(Shrinkable<String> text, Function<String, String> fault) {
    return text.shrink()
        .filter(smaller -> !fault.apply(smaller.value()).isEmpty())
        .findFirst()
        .map(smaller -> shrunk(smaller, fault))
        .orElseGet(text::value);
  }

  /** What is wrong with a statement that is taken for a read; empty if nothing. */
  private String faultOfARead(String sql) {
    Classification classification = classifier.classify(sql);
    seen.merge(classification.kind(), 1, Integer::sum);
    if (classification.kind() != StatementKind.READ) {
      return "";
    }
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(10);
      statement.execute(sql);
      ran++;
      if (!state().equals(untouched)) {
        return "taken for a read, and it changes the database";
      }
    } catch (SQLException e) {
      return ""; // it does not run at all, so it changes nothing either
    } finally {
      rollback();
    }
    Set<String> tables = tablesOf(sql);
    return classification.tables().containsAll(tables)
        ? ""
        : "of " + tables + " only these were seen: " + classification.tables();
  }

  private static final String DEPENDENCIES =
      """
      SELECT DISTINCT c.relname FROM pg_rewrite r
      JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
      JOIN pg_class c ON d.refclassid = 'pg_class'::regclass AND c.oid = d.refobjid
      WHERE r.ev_class = 'seen'::regclass AND c.relname <> 'seen'\
      """;

  /** The relations that the server finds in a query; none if no view can be made of it. */
  private Set<String> tablesOf(String sql) {
    String query = sql.endsWith(";") ? sql.substring(0, sql.length() - 1) : sql;
    Set<String> names = new HashSet<>();
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE VIEW seen AS SELECT EXISTS (" + query + "\n)");
      try (ResultSet row = statement.executeQuery(DEPENDENCIES)) {
        while (row.next()) {
          names.add(row.getString(1));
        }
      }
      ofTables += names.isEmpty() ? 0 : 1;
    } catch (SQLException e) {
      names.clear(); // EXPLAIN, for example
    } finally {
      rollback();
    }
    return names;
  }

  private static void rollback() {
    try (Statement statement = connection.createStatement()) {
      connection.rollback();
      statement.execute("SELECT pg_advisory_unlock_all()");
      connection.rollback();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- the lexer

  @Test
  void lexer_splitsAsTheServerDoes() throws Exception {
    compareLexers(TEXTS);
  }

  @Test
  @Tag("long")
  void lexer_splitsAsTheServerDoes_long() throws Exception {
    compareLexers(TEXTS_LONG);
  }

  private static void compareLexers(int tries) throws Exception {
    Arbitrary<String> texts =
        Arbitraries.of(FRAGMENTS)
            .list()
            .ofMinSize(1)
            .ofMaxSize(8)
            .map(parts -> String.join("", parts));
    for (boolean standardStrings : List.of(true, false)) {
      AtomicInteger compared = new AtomicInteger();
      try (ServerLexer server = new ServerLexer(database.servers().postgres(), standardStrings)) {
        tryAll(
            tries / 2,
            texts,
            text -> {
              Optional<List<SqlToken>> ours = SqlLexer.tokens(text, standardStrings);
              compared.addAndGet(ours.isPresent() ? 1 : 0);
              return ours.map(tokens -> server.difference(text, tokens)).orElse("");
            });
      }
      System.out.printf("of %d texts %s could be read%n", tries / 2, compared);
      assertThat(compared.get()).isGreaterThan(tries / 10);
    }
  }

  /** What makes lexers differ: ends of comments, quotes, prefixes, numbers, signs side by side. */
  private static final List<String> FRAGMENTS =
      List.of(
          "a",
          "note",
          "E",
          "e",
          "N",
          "n",
          "b",
          "X",
          "u",
          "U",
          "select",
          "\u00e9",
          "\u00c4",
          "\u212a",
          "a$b",
          "_x1",
          "\u3000",
          "\u2028",
          "\u0663",
          "\ud83d\ude00",
          "x".repeat(62),
          "'",
          "''",
          "\"",
          "\"\"",
          "'a'",
          "\"a b\"",
          "E'",
          "E'\\''",
          "'\\'",
          "'\\",
          "'\\\\'",
          "U&'",
          "U&\"",
          "u&",
          "N'",
          "B'01'",
          "X'1F",
          " ",
          "\n",
          "\r",
          "\t",
          "\f",
          "\u000b",
          "\u00a0",
          "\u0085",
          "\u001c",
          "--",
          "-- c\n",
          "-- c\r",
          "/*",
          "*/",
          "/* /* */",
          "/**/",
          "/* ' */",
          "--'\n",
          "'a'\n'\\'",
          "$",
          "$$",
          "$a$",
          "$1",
          "$a",
          "$1a$",
          "$\u00e9$",
          "1",
          "1.",
          ".5",
          "1..2",
          "1.5e3",
          "1e",
          "1e+",
          "0x1F",
          "0x",
          "0b12",
          "0b1",
          "0o17",
          "0x_f",
          "1_000",
          "1__0",
          "1_",
          "12",
          "+",
          "-",
          "*",
          "/",
          "<",
          ">",
          "=",
          "~",
          "!",
          "@",
          "#",
          "%",
          "^",
          "&",
          "|",
          "`",
          "?",
          "!=",
          "<>",
          "::",
          ":=",
          "=>",
          "@-",
          "*-",
          "|/",
          "-@",
          "(",
          ")",
          "[",
          "]",
          ",",
          ";",
          ":",
          ".",
          "..",
          "{",
          "\\");

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
          "U&\"n\\0065xtval\"('numbers')",
          "nextval -- c\r ('numbers')",
          "1 -- c\r + nextval('numbers')",
          "E'a'\n'\\'' || nextval('numbers') || '''' <> ''",
          "'\\' || nextval('numbers') || '\\' <> ''",
          "$a$'$a$ || nextval('numbers') <> ''",
          "0x1F + nextval('numbers')",
          "treat('numbers' AS nextval)",
          "length(table_to_xml('drawn', true, true, '')::text)",
          "pg_input_is_valid('x', 'noted')",
          "pg_try_advisory_lock(7)",
          "by_default()",
          "takes_noted('x')",
          "loops()",
          "length(signs('x'))",
          "length(#!# 'x')",
          "length(OPERATOR(public.@!@) 'x')",
          "length(next('x'))",
          "length(first('x'))",
          "length(filter('x'))",
          "length(over('x'))",
          "length(rows('x'))",
          "length(public.zone('x'))",
          "length(path('x'))",
          "length(i.quietly)",
          "length(i.anything)",
          "length(quiet_all(name))",
          "CAST('glad'::mood AS pair) IS NULL",
          "array_position(m.notes, 'x')",
          "(SELECT last_value FROM numbers)",
          "dice()",
          "name COLLATE \"C\" < 'a'",
          "EXISTS (TABLE items)",
          "max(id) FILTER (WHERE true) OVER (ORDER BY id)",
          "(SELECT count(*) FROM log)",
          "i.id IS DISTINCT FROM 2");

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
          "counted i",
          "items i, marked m",
          "items i, signed",
          "items i, assigned",
          "items i, scratched",
          "items i, parted",
          "shuffled i",
          "items i(id, name)",
          "items i, ROWS FROM (generate_series(1, 2), note('x')) r(a, b)",
          "items i, JSON_TABLE(i.data, '$' COLUMNS (y text PATH '$.y')) jt",
          "(VALUES (1, 'a', 2)) i(id, name, price)",
          "(items i CROSS JOIN log)",
          "ONLY items i",
          "items values, cheap i",
          "items i JOIN LATERAL over('x') o(z) ON true",
          "items i JOIN log ON i.name IS NOT DISTINCT FROM line, cheap");

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
          "WINDOW w AS (ORDER BY length(note('x')))",
          "GROUP BY GROUPING SETS ((i.id), ())",
          "FETCH FIRST length(first('x')) ROWS ONLY",
          "ORDER BY i.name COLLATE \"C\"",
          "WHERE i.id IS DISTINCT FROM nextval('numbers')",
          "UNION ALL SELECT length(line) FROM log");

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
          "SELECT CASE WHEN true THEN (%s) END IS NULL",
          "SELECT DISTINCT ON (1) (%s)",
          "SELECT DISTINCT ON (1) note('x') FROM (%s) s",
          "WITH a(x) AS (SELECT 1), b AS (%s) TABLE b",
          "WITH log AS (%s) SELECT count(*) FROM log",
          "SELECT 1 OPERATOR(pg_catalog.=) (SELECT count(*) FROM (%s) s)",
          "SELECT 1 OPERATOR(pg_catalog.=) length(note('x')) FROM (%s) s",
          "EXPLAIN ANALYSE %s",
          "SELECT 1 -- c\r UNION ALL SELECT 1 FROM (%s) s");

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
