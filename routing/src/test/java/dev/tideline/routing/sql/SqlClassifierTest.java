package dev.tideline.routing.sql;

import static dev.tideline.routing.sql.StatementKind.READ;
import static dev.tideline.routing.sql.StatementKind.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.routing.sql.Classification.Reason;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Statements against a recorded catalog; {@link SqlClassifierIT} asks a real server's. */
final class SqlClassifierTest {

  private static final SqlCatalog RECORDED = RecordedCatalog.read();

  private final SqlClassifier classifier = new SqlClassifier();

  @BeforeEach
  void useTheRecordedCatalog() {
    classifier.use(RECORDED);
  }

  private static Set<String> with(Set<String> names, String... more) {
    Set<String> all = new HashSet<>(names);
    all.addAll(List.of(more));
    return Set.copyOf(all);
  }

  /** The recorded catalog with more functions that write. */
  private static SqlCatalog withVolatile(String... names) {
    return new SqlCatalog(
        with(RECORDED.functions(), names),
        with(RECORDED.volatileFunctions(), names),
        RECORDED.relations(),
        RECORDED.hazards(),
        RECORDED.varying(),
        RECORDED.volatileOperators(),
        RECORDED.impliedWrites(),
        RECORDED.keywords(),
        RECORDED.standardStrings());
  }

  private static SqlCatalog withModes(boolean impliedWrites, boolean standardStrings) {
    return new SqlCatalog(
        RECORDED.functions(),
        RECORDED.volatileFunctions(),
        RECORDED.relations(),
        RECORDED.hazards(),
        RECORDED.varying(),
        RECORDED.volatileOperators(),
        impliedWrites,
        RECORDED.keywords(),
        standardStrings);
  }

  @ParameterizedTest
  @MethodSource("dev.tideline.routing.sql.JudgedStatements#all")
  void classify_tellsKindAndReason(String sql, StatementKind kind, Reason reason) {
    Classification classification = classifier.classify(sql);
    assertThat(classification.kind()).as(sql + " " + classification).isEqualTo(kind);
    assertThat(classification.reason()).as(sql + " " + classification).isEqualTo(reason);
  }

  @Test
  void table_hasEightyStatementsAtLeast() {
    assertThat(JudgedStatements.all()).hasSizeGreaterThanOrEqualTo(80);
  }

  @Test
  void classify_beforeTheCatalogIsKnown_isAWriteThatIsNotRemembered() {
    SqlClassifier fresh = new SqlClassifier();
    assertThat(fresh.classify("SELECT 1").reason()).isEqualTo(Reason.CATALOG_UNKNOWN);
    fresh.use(RECORDED);
    assertThat(fresh.classify("SELECT 1").kind()).isEqualTo(READ);
  }

  @Test
  void classify_longestTextThatIsLookedInto_isARead() {
    String longest = "SELECT '" + "x".repeat(SqlClassifier.TEXT_LENGTH_MAX - 9) + "'";
    assertThat(classifier.classify(longest).kind()).isEqualTo(READ);
    Classification longer = classifier.classify(longest + " ");
    assertThat(longer.kind()).isEqualTo(WRITE);
    assertThat(longer.reason()).isEqualTo(Reason.NOT_PARSED);
  }

  @Test
  void classify_deeplyNestedText_isStillARead() {
    int depth = SqlClassifier.TEXT_LENGTH_MAX / 2 - 10;
    String sql = "SELECT " + "(".repeat(depth) + "1" + ")".repeat(depth);
    assertThat(classifier.classify(sql).kind()).isEqualTo(READ);
    String calls = "SELECT " + "abs(".repeat(10_000) + "1" + ")".repeat(10_000);
    assertThat(classifier.classify(calls).kind()).isEqualTo(READ);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT 1 | ''",
        "SELECT * FROM items | items",
        "SELECT * FROM public.items, log | items log",
        "SELECT * FROM ONLY items JOIN LATERAL (SELECT line FROM log) l ON true | items log",
        "SELECT * FROM (items i CROSS JOIN counted), cheap | cheap counted items",
        "SELECT id, name FROM items GROUP BY id, log | items",
        "SELECT id FROM items ORDER BY id, log | items",
        "SELECT id FROM items WHERE id IN (1, 2) LIMIT 1 | items",
        "SELECT i.distinct FROM log i | log",
        "SELECT 1 FROM items WHERE name IS DISTINCT FROM line | items",
        "SELECT 1 FROM items WHERE name IS NOT DISTINCT FROM line | items",
        "SELECT extract(day FROM at) FROM items | items",
        "SELECT 1 UNION SELECT id FROM items UNION TABLE counted | counted items",
        "TABLE log | log",
        "WITH c AS (TABLE cheap) SELECT (SELECT count(*) FROM log) FROM c | cheap log",
        "WITH items AS (SELECT * FROM items) SELECT * FROM items | items",
        "SELECT * FROM (VALUES (1)) values, log | log",
        "SELECT * FROM abs(1), log | log",
        "SELECT * FROM ROWS FROM (abs(1)) r, log | log",
        "SELECT * FROM unnest(ARRAY[1]) WITH ORDINALITY u, log | log",
        "SELECT * FROM items AS log, counted | counted items",
        "SELECT \"from\".id FROM \"Odd Name\" \"from\" | Odd Name"
      })
  void tables_areAllThatTheFromClausesName(String sql, String tables) {
    Classification found = classifier.classify(sql);
    assertThat(found.kind()).as(found.toString()).isEqualTo(READ);
    List<String> expected =
        tables.isEmpty()
            ? List.of()
            : tables.equals("Odd Name") ? List.of(tables) : List.of(tables.split(" "));
    assertThat(found.tables()).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void learn_refusedStatement_isAWriteFromThenOn() {
    String sql = "SELECT plain(41)";
    assertThat(classifier.classify(sql).kind()).isEqualTo(READ);
    assertThat(classifier.learn(sql)).isTrue();
    assertThat(classifier.learn(sql)).isFalse();
    assertThat(classifier.classify(sql).reason()).isEqualTo(Reason.LEARNED);
    assertThat(classifier.bytes()).isPositive();
  }

  @Test
  void use_functionBecomesVolatile_forgetsWhatWasDecided() {
    assertThat(classifier.classify("SELECT plain(1)").kind()).isEqualTo(READ);
    classifier.use(withVolatile("plain"));
    assertThat(classifier.classify("SELECT plain(1)").reason()).isEqualTo(Reason.VOLATILE_FUNCTION);
  }

  @Test
  void functionThatIsNamedLikeAKeyword_isNoSyntax() {
    classifier.use(withVolatile("next", "first", "filter", "over", "rows", "zone", "path"));
    for (String sql : JudgedStatements.KEYWORD_CALLS) {
      assertThat(classifier.classify(sql).reason()).as(sql).isEqualTo(Reason.VOLATILE_FUNCTION);
    }
    String windows = "SELECT max(id) FILTER (WHERE true) OVER (ORDER BY id) FROM items";
    assertThat(classifier.classify(windows).kind()).isEqualTo(READ);
  }

  @Test
  void somethingThatNoStatementNamesWrites_nothingIsARead() {
    classifier.use(withModes(true, true));
    assertThat(classifier.classify("SELECT 1").reason()).isEqualTo(Reason.VOLATILE_TYPE);
  }

  @Test
  void standardStringsAreOff_literalsAreReadAsTheServerDoes() {
    String hidden = "SELECT '\\'' || nextval('numbers') || '\\''";
    assertThat(classifier.classify("SELECT '\\', nextval('numbers') --'").kind()).isEqualTo(WRITE);
    classifier.use(withModes(false, false));
    assertThat(classifier.classify(hidden).reason()).isEqualTo(Reason.SEQUENCE);
    assertThat(classifier.classify("SELECT 'it\\'s'").kind()).isEqualTo(READ);
  }

  @Test
  void explain_optionsDoNotDecide() {
    assertThat(classifier.classify("EXPLAIN (ANALYZE, BUFFERS) VERBOSE SELECT 1").kind())
        .isEqualTo(READ);
    assertThat(classifier.classify("EXPLAIN").reason()).isEqualTo(Reason.NOT_PARSED);
    assertThat(classifier.classify("EXPLAIN (ANALYZE").reason()).isEqualTo(Reason.NOT_PARSED);
  }

  @Test
  void severalStatements_anyChangesTheSession_theyDo() {
    for (String sql :
        List.of("SET a.b = 'c'; SELECT 1", ";SELECT 1;; RESET ALL", "BEGIN; SELECT 1")) {
      assertThat(classifier.classify(sql).kind()).as(sql).isEqualTo(StatementKind.SESSION);
    }
    assertThat(classifier.classify("; SELECT 1").kind()).isEqualTo(WRITE);
    assertThat(classifier.classify("SELECT 1;;").kind()).isEqualTo(READ);
  }

  @Test
  void detail_namesWhatDecided() {
    assertThat(classifier.classify("SELECT nextval('numbers')").detail()).isEqualTo("nextval");
    assertThat(classifier.classify("SELECT 1 FROM items FOR NO KEY UPDATE").detail())
        .isEqualTo("for no");
    assertThat(classifier.classify("SET LOCAL a.b = 1").detail()).isEqualTo("set local");
    assertThat(classifier.classify("TABLE nowhere").detail()).isEqualTo("nowhere");
    assertThat(classifier.classify("SELECT random()").detail()).isEqualTo("random");
  }
}
