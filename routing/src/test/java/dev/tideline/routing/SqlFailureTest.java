package dev.tideline.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SqlFailureTest {

  @ParameterizedTest
  @CsvSource({
    "08006, NODE_LOST", "08001, NODE_LOST", "57P01, NODE_LOST", "57P02, NODE_LOST",
    "57P03, NODE_LOST", "25006, ELSEWHERE", "40001, ELSEWHERE", "42601, STATEMENT",
    "53300, ELSEWHERE", "TL001, ELSEWHERE", "42P01, UNKNOWN_OBJECT", "42703, UNKNOWN_OBJECT",
    "23505, STATEMENT", "57014, STATEMENT", "0A000, NOT_ON_STANDBY"
  })
  void of_sqlState_saysWhoseFaultItIs(String state, SqlFailure expected) {
    assertThat(SqlFailure.of(new SQLException("x", state))).isEqualTo(expected);
  }

  @Test
  void of_wrappedByALibrary_looksAtTheCause() {
    RuntimeException wrapped =
        new IllegalStateException(new RuntimeException(new SQLException("gone", "08006")));
    assertThat(SqlFailure.of(wrapped)).isEqualTo(SqlFailure.NODE_LOST);
    assertThat(SqlFailure.message(wrapped)).isEqualTo("gone");
  }

  @Test
  void of_noSqlAtAll_isTheWorksOwn() {
    assertThat(SqlFailure.of(new IllegalStateException("bug"))).isEqualTo(SqlFailure.STATEMENT);
  }

  @Test
  void of_causeThatIsItsOwnCause_ends() {
    RuntimeException a = new RuntimeException("a");
    RuntimeException b = new RuntimeException("b", a);
    a.initCause(b);
    assertThat(SqlFailure.of(a)).isEqualTo(SqlFailure.STATEMENT);
  }
}
