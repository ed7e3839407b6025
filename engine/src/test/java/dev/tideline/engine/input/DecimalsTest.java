package dev.tideline.engine.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DecimalsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-1.50, -1.50",
    "1e3, 1000",
    "1.0e-2, 0.010",
    "0e-20000, 0",
    "0e1000000000, 0",
    "1e29, 100000000000000000000000000000",
    "1e-30, 0.000000000000000000000000000001",
    "999999999999999999999999999999, 999999999999999999999999999999",
    "1.0000000000000000000000000000000000000, 1"
  })
  void parse_withinBounds_isWrittenOut(String text, String plain) {
    assertThat(Decimals.parse(text).map(BigDecimal::toPlainString)).contains(plain);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " 1",
        "1,5",
        "NaN",
        "Infinity",
        "0x10",
        "1e",
        "1e30",
        "1e-31",
        "1e1001",
        "1e-20000",
        "1e1000000000",
        "1e-1000000000",
        "1e99999999999",
        "-1e2147483647",
        "0.1234567890123456789012345678901"
      })
  void parse_noNumberOrOutOfBounds_isNone(String text) {
    assertThat(Decimals.parse(text)).isEmpty();
  }

  @Test
  void parse_endlessText_isNone() {
    assertThat(Decimals.parse("1".repeat(1_000_000))).isEmpty();
  }
}
