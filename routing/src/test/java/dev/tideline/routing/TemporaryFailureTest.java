package dev.tideline.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TemporaryFailureTest {

  private static Throwable wrapped(String state) {
    return new IllegalStateException(new SQLException("could not extend file", state));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "53000", "53100", "53200", "53300", "53400", "08006", "57014", "57P01", "57P03", "58030",
        "40001", "40P01", "55P03", "25006", "25P03"
      })
  void explain_ofTheMoment_saysSo(String state) {
    assertThat(TemporaryFailure.explain(wrapped(state))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"23505", "22003", "42601", "42P01", "XX000", "54000", "53", ""})
  void explain_ofTheStatement_saysNothing(String state) {
    assertThat(TemporaryFailure.explain(wrapped(state))).isEmpty();
  }

  @Test
  void explain_noErrorOfADatabase_saysNothing() {
    assertThat(TemporaryFailure.explain(new IllegalStateException("a bug"))).isEmpty();
    assertThat(TemporaryFailure.explain(new SQLException("without a state"))).isEmpty();
  }
}
