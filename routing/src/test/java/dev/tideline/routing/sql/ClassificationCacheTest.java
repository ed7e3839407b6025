package dev.tideline.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.routing.sql.Classification.Reason;
import dev.tideline.routing.sql.SqlCatalog.Keywords;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is kept by text is bounded in bytes, whatever the texts. */
final class ClassificationCacheTest {

  private static final int LONG = 55 << 10;

  private static final SqlCatalog CATALOG =
      new SqlCatalog(
          Set.of("abs"),
          Set.of(),
          Set.of("items"),
          Map.of(),
          Set.of(),
          Set.of(),
          false,
          new Keywords(Set.of("select", "from"), Set.of(), Set.of()),
          true);

  private final SqlClassifier classifier = new SqlClassifier();

  ClassificationCacheTest() {
    classifier.use(CATALOG);
  }

  private static String text(int number, int length) {
    String sql = "SELECT * FROM items WHERE id = " + number + " AND name = '";
    return sql + "x".repeat(length - sql.length() - 1) + "'";
  }

  @Test
  void classify_manyLongTexts_staysWithinTheBound() {
    long most = 0;
    for (int i = 0; i < 2_000; i++) { // 110 MB of them
      assertThat(classifier.classify(text(i, LONG)).kind()).isEqualTo(StatementKind.READ);
      most = Math.max(most, classifier.bytes());
    }
    assertThat(most).isBetween(1L << 20, SqlClassifier.REMEMBERED_BYTES_MAX + 4L * LONG);
  }

  @Test
  void classify_manyShortTexts_staysWithinTheBound() {
    for (int i = 0; i < 50_000; i++) {
      assertThat(classifier.classify("SELECT abs(" + i + ")").kind()).isEqualTo(StatementKind.READ);
    }
    assertThat(classifier.bytes())
        .isBetween(1L << 20, SqlClassifier.REMEMBERED_BYTES_MAX + 4L * LONG);
  }

  @Test
  void classify_textOverTheLimit_isNeitherReadNorKept() {
    String sql = text(0, SqlClassifier.TEXT_LENGTH_MAX + 1);
    assertThat(classifier.classify(sql).reason()).isEqualTo(Reason.NOT_PARSED);
    assertThat(classifier.bytes()).isZero();
    classifier.classify(text(0, SqlClassifier.TEXT_LENGTH_MAX));
    assertThat(classifier.bytes()).isPositive();
  }

  @Test
  void learn_manyLongTexts_forgetsTheOldest() {
    for (int i = 0; i < 100; i++) {
      assertThat(classifier.learn(text(i, LONG))).isTrue();
    }
    assertThat(classifier.bytes()).isLessThanOrEqualTo(SqlClassifier.LEARNED_BYTES_MAX);
    assertThat(classifier.classify(text(99, LONG)).reason()).isEqualTo(Reason.LEARNED);
    assertThat(classifier.classify(text(0, LONG)).kind()).isEqualTo(StatementKind.READ);
    assertThat(classifier.learn(text(99, LONG))).isFalse();
  }

  @Test
  void weight_countsTextDetailAndTables() {
    long plain = ClassificationCache.weight("x", Classification.read(Set.of()));
    assertThat(ClassificationCache.weight("xx", Classification.read(Set.of())))
        .isEqualTo(plain + 2);
    assertThat(ClassificationCache.weight("x", Classification.read(Set.of("items"))))
        .isGreaterThan(plain + 10);
    assertThat(ClassificationCache.weight("x", Classification.write(Reason.SEQUENCE, "nextval")))
        .isEqualTo(plain + 14);
  }
}
