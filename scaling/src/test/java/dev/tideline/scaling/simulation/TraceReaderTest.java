package dev.tideline.scaling.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TraceReaderTest {

  private static Trace read(String text) {
    return TraceReader.read("test", text.lines());
  }

  @Test
  void counts_byTheMinute_minutesWithoutALineHaveNone() {
    Trace trace =
        read(
            """
            timestamp,value
            1995-07-01 00:00:00,62
            1995-07-01 00:01:00,60
            1995-07-01 00:03:00,30.5
            """);
    assertThat(trace.start()).isEqualTo(Instant.parse("1995-07-01T00:00:00Z"));
    assertThat(trace.requests()).containsExactly(62, 60, 0, 30.5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"value", "requests", "count"})
  void counts_underAnyOfTheirNames_areCounts(String column) {
    Trace trace =
        read("timestamp,%s\n2026-01-01T00:00:00Z,600\n2026-01-01T00:01:00Z,5\n".formatted(column));
    assertThat(trace.requests()).containsExactly(600, 5);
  }

  @Test
  void counts_ofFiveMinutes_areSpreadOverThem_offTheMarkToo() {
    Trace trace =
        read(
            "timestamp,value\n2014-04-10 00:04:00,50\n2014-04-10 00:09:00,100\n2014-04-10 00:14:00,0\n");
    assertThat(trace.minutes()).isEqualTo(15);
    assertThat(trace.requests()).startsWith(10, 10, 10, 10, 10, 20, 20);
  }

  @Test
  void arrivals_areCounted() {
    Trace trace =
        read(
            """
            TIMESTAMP,ContextTokens,GeneratedTokens
            """
                    .toLowerCase(java.util.Locale.ROOT)
                + """
                2023-11-16 18:15:46.6805900,374,44
                2023-11-16 18:15:50.9951690,396,109
                2023-11-16 18:17:00.0000000,879,55
                """);
    assertThat(trace.requests()).containsExactly(2, 0, 1);
  }

  @Test
  void accessLog_isCounted_withItsZone() {
    Trace trace =
        read(
            """
            10.0.0.1 - - [23/Nov/2026:10:00:01 +0100] "GET / HTTP/1.1" 200 12
            10.0.0.2 - - [23/Nov/2026:09:00:59 +0000] "GET / HTTP/1.1" 200 12
            """);
    assertThat(trace.start()).isEqualTo(Instant.parse("2026-11-23T09:00:00Z"));
    assertThat(trace.requests()).containsExactly(2);
  }

  @Test
  void whatIsNotUnderstood_isRefusedWithItsLine() {
    assertThatThrownBy(() -> read("timestamp,value\n2014-04-10 00:04:00,50\nyesterday,1\n"))
        .hasMessageContaining("line 3")
        .hasMessageContaining("begins with a time: yesterday");
    for (String value : new String[] {"-1", "many", "", "NaN", "Infinity"}) {
      assertThatThrownBy(() -> read("timestamp,value\n2014-04-10 00:04:00," + value + "\n"))
          .hasMessageContaining("line 2 has no number of requests");
    }
    assertThatThrownBy(() -> read("timestamp,value\n")).hasMessageContaining("no traffic");
    assertThatThrownBy(
            () -> read("timestamp,value\n0001-01-01 00:00:00,1\n2014-01-01 00:00:00,1\n"))
        .hasMessageContaining("ten years");
  }
}
