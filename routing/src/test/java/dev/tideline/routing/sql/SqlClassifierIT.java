package dev.tideline.routing.sql;

import static dev.tideline.routing.sql.StatementKind.READ;
import static dev.tideline.routing.sql.StatementKind.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tideline.embedded.TestDatabase;
import dev.tideline.routing.sql.Classification.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Statements against the catalog of a real server. */
final class SqlClassifierIT {

  private static TestDatabase database;
  private static SqlClassifier classifier;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.create(0);
    classifier = new SqlClassifier();
    try (Connection connection = database.connectAsAdmin(0);
        Statement statement = connection.createStatement()) {
      for (String sql : JudgedStatements.SCHEMA) {
        statement.execute(sql);
      }
      classifier.load(connection);
    }
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @ParameterizedTest
  @MethodSource("dev.tideline.routing.sql.JudgedStatements#all")
  void classify_tellsKindAndReason(String sql, StatementKind kind, Reason reason) {
    Classification classification = classifier.classify(sql);
    assertThat(classification.kind()).as(sql + " " + classification).isEqualTo(kind);
    assertThat(classification.reason()).as(sql + " " + classification).isEqualTo(reason);
  }

  @Test
  void recordedCatalog_isTheServers() throws Exception {
    try (TestDatabase own = TestDatabase.create(0);
        Connection connection = own.connectAsAdmin(0)) {
      try (Statement statement = connection.createStatement()) {
        for (String sql : JudgedStatements.SCHEMA) {
          statement.execute(sql);
        }
      }
      SqlCatalog catalog = CatalogReader.read(connection, CatalogReader.CHARACTERS_MAX);
      if (Boolean.getBoolean("tideline.recordCatalog")) {
        RecordedCatalog.write(catalog);
      } else {
        assertThat(RecordedCatalog.read())
            .as("-Dtideline.recordCatalog=true records it anew")
            .isEqualTo(catalog);
      }
    }
  }

  @Test
  void load_catalogOverTheLimit_saysSo() throws SQLException {
    try (Connection connection = database.connectAsAdmin(0)) {
      assertThatThrownBy(() -> CatalogReader.read(connection, 10_000))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> assertThat(e.getSQLState()).isEqualTo(SqlClassifier.CATALOG_TOO_LARGE))
          .hasMessageContaining("10000 characters");
    }
  }

  @Test
  void load_functionBecomesVolatile_forgetsWhatWasDecided() throws SQLException {
    try (Connection connection = database.connectAsAdmin(0);
        Statement statement = connection.createStatement()) {
      SqlClassifier own = new SqlClassifier();
      statement.execute("CREATE FUNCTION changing() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1'");
      own.load(connection);
      assertThat(own.classify("SELECT changing()").kind()).isEqualTo(READ);
      statement.execute("ALTER FUNCTION changing() VOLATILE");
      own.load(connection);
      assertThat(own.classify("SELECT changing()").reason()).isEqualTo(Reason.VOLATILE_FUNCTION);
    }
  }

  @Test
  void functionOfAUser_namedLikeAHarmlessOne_isNone() throws SQLException {
    try (Connection connection = database.connectAsAdmin(0);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("CREATE SCHEMA elsewhere");
      statement.execute(
          "CREATE FUNCTION elsewhere.random() RETURNS text LANGUAGE sql VOLATILE AS 'SELECT"
              + " note(''x'')'");
      SqlClassifier own = new SqlClassifier();
      own.load(connection);
      assertThat(own.classify("SELECT elsewhere.random()").reason())
          .isEqualTo(Reason.VOLATILE_FUNCTION);
      assertThat(own.classify("SELECT random()").kind()).isEqualTo(WRITE);
      assertThat(own.classify("SELECT gen_random_uuid()").kind()).isEqualTo(READ);
      connection.rollback();
    }
  }

  @Test
  void functionThatIsNamedLikeAKeyword_isNoSyntax() throws SQLException {
    try (Connection connection = database.connectAsAdmin(0);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String sql : JudgedStatements.KEYWORD_FUNCTIONS) {
        statement.execute(sql);
      }
      SqlClassifier own = new SqlClassifier();
      own.load(connection);
      for (String sql : JudgedStatements.KEYWORD_CALLS) {
        assertThat(own.classify(sql).reason()).as(sql).isEqualTo(Reason.VOLATILE_FUNCTION);
      }
      String windows = "SELECT max(id) FILTER (WHERE true) OVER (ORDER BY id) FROM items";
      assertThat(own.classify(windows).kind()).isEqualTo(READ);
      connection.rollback();
    }
  }

  @Test
  void operatorThatInStandsFor_writes_nothingIsARead() throws SQLException {
    try (Connection connection = database.connectAsAdmin(0);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(
          "CREATE FUNCTION same(a mood, b mood) RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT"
              + " note(''x'') IS NULL'");
      SqlClassifier own = new SqlClassifier();
      own.load(connection);
      String sql = "SELECT CASE 'glad'::mood WHEN 'sad' THEN 1 END";
      assertThat(own.classify(sql).kind()).isEqualTo(READ);
      statement.execute("CREATE OPERATOR = (LEFTARG = mood, RIGHTARG = mood, FUNCTION = same)");
      own.load(connection);
      assertThat(own.classify(sql).kind()).isEqualTo(WRITE);
      connection.rollback();
    }
  }

  @Test
  void standardStringsAreOff_literalsAreReadAsTheServerDoes() throws SQLException {
    try (Connection connection = database.connectAsAdmin(0);
        Statement statement = connection.createStatement()) {
      SqlClassifier own = new SqlClassifier();
      own.load(connection);
      String sql = "SELECT '\\'' || nextval('numbers') || '\\''";
      assertThat(own.classify(sql).kind()).isEqualTo(WRITE);
      assertThat(own.classify("SELECT '\\', nextval('numbers') --'").kind()).isEqualTo(WRITE);
      statement.execute("SET standard_conforming_strings = off");
      own.load(connection);
      assertThat(own.classify(sql).reason()).isEqualTo(Reason.SEQUENCE);
      assertThat(own.classify("SELECT 'it\\'s'").kind()).isEqualTo(READ);
    }
  }
}
