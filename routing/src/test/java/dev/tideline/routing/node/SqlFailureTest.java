package dev.tideline.routing.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SqlFailureTest {

  @ParameterizedTest
  @CsvSource({
    "08006, CONNECTION_LOST",
    "08001, CONNECTION_LOST",
    "57P01, CONNECTION_LOST",
    "57P02, CONNECTION_LOST",
    "57P03, CONNECTION_LOST",
    "57P05, CONNECTION_LOST",
    "25006, RETRY_ELSEWHERE",
    "40001, RETRY_ELSEWHERE",
    "42601, STATEMENT",
    "53300, RETRY_ELSEWHERE",
    "53100, RETRY_ELSEWHERE",
    "58030, RETRY_ELSEWHERE",
    "TL001, RETRY_ELSEWHERE",
    "42P01, UNKNOWN_OBJECT",
    "42703, UNKNOWN_OBJECT",
    "23505, STATEMENT",
    "57014, TOO_SLOW",
    "0A000, NOT_ON_STANDBY"
  })
  void of_sqlState_saysWhoseFaultItIs(String state, SqlFailure expected) {
    assertThat(SqlFailure.of(new SQLException("x", state))).isEqualTo(expected);
  }

  @Test
  void isWantOfRoom_tooManyConnections_saysSo() {
    assertThat(SqlFailure.isOutOfResources(new SQLException("full", "53300"))).isTrue();
    assertThat(SqlFailure.isOutOfResources(new SQLException("gone", "08006"))).isFalse();
    assertThat(SqlFailure.isOutOfResources(new SQLException("no state"))).isFalse();
  }

  @Test
  void isClosedHere_ourOwnClosedConnection_saysSo() {
    assertThat(SqlFailure.isClosedHere(new SQLException("closed", "08003"))).isTrue();
    assertThat(SqlFailure.isClosedHere(new SQLException("gone", "08006"))).isFalse();
  }

  @Test
  void of_wrappedByALibrary_looksAtTheCause() {
    RuntimeException wrapped =
        new IllegalStateException(new RuntimeException(new SQLException("gone", "08006")));
    assertThat(SqlFailure.of(wrapped)).isEqualTo(SqlFailure.CONNECTION_LOST);
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
