package dev.tideline.engine.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.routing.sql.Classification;
import dev.tideline.routing.sql.Classification.Reason;
import dev.tideline.routing.sql.StatementKind;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class QueryCacheTest {

  private static boolean mayBeKept(StatementKind kind, Reason reason, String table) {
    return QueryCache.mayBeKept(new Classification(kind, reason, "", Set.of(table)));
  }

  @Test
  void mayBeKept_onlyWhatAnswersTheSameUntilAWatchedTableIsWritten() {
    assertThat(mayBeKept(StatementKind.READ, Reason.READS_ONLY, "products")).isTrue();
    assertThat(mayBeKept(StatementKind.READ, Reason.HARMLESS_FUNCTION, "products")).isFalse();
    assertThat(mayBeKept(StatementKind.READ, Reason.READS_ONLY, "events")).isFalse();
    assertThat(mayBeKept(StatementKind.WRITE, Reason.WRITE_STATEMENT, "products")).isFalse();
  }
}
