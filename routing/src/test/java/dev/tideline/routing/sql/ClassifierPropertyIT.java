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
import net.jqwik.api.Arbitrary;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;
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
    tryAll(tries, RandomSql.statements(), this::faultOfARead);
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
    for (boolean standardStrings : List.of(true, false)) {
      AtomicInteger compared = new AtomicInteger();
      try (ServerLexer server = new ServerLexer(database.servers().postgres(), standardStrings)) {
        tryAll(
            tries / 2,
            RandomSql.fragments(),
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
}
