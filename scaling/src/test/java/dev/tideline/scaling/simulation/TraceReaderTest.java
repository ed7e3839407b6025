package dev.tideline.scaling.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
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

  private static TraceReader.Result readAll(String text) {
    return TraceReader.read("test", text.lines(), TraceReader.Options.DEFAULT);
  }

  @Test
  void rows_inAnyOrder_areTheSameTraffic() {
    String header = "timestamp,value\n";
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      rows.add("2026-01-01 %02d:%02d:00,%d".formatted(i * 5 / 60, i * 5 % 60, 100 + i));
    }
    TraceReader.Result ordered = readAll(header + String.join("\n", rows));
    assertThat(ordered.notes()).isEmpty();
    TraceReader.Result descending = readAll(header + String.join("\n", rows.reversed()));
    assertThat(descending.trace().start()).isEqualTo(ordered.trace().start());
    assertThat(descending.trace().requests()).isEqualTo(ordered.trace().requests());
    assertThat(descending.notes())
        .containsExactly("49 rows were earlier than the row before; all rows were sorted by time");
    Collections.shuffle(rows, new Random(3));
    assertThat(readAll(header + String.join("\n", rows)).trace().requests())
        .isEqualTo(ordered.trace().requests());
  }

  @Test
  void rows_ofOneTime_areAddedUp() {
    TraceReader.Result result =
        readAll(
            """
            timestamp,host,requests
            2026-01-01 00:00:00,a,10
            2026-01-01 00:00:00,b,20
            2026-01-01 00:05:00,a,50
            2026-01-01 00:10:00,b,100
            2026-01-01 00:05:00,b,50
            """);
    assertThat(result.trace().requests())
        .containsExactly(6, 6, 6, 6, 6, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20);
    assertThat(result.notes())
        .contains("2 rows were in the same second as another row; their requests were added up");
  }

  @Test
  void rows_moreThanTheFirstRoom_areAllKept() {
    StringBuilder text = new StringBuilder("timestamp,count\n");
    for (int i = 0; i < 10_000; i++) {
      text.append("%d,%d%n".formatted(1_767_225_600L + (i * 7_919 % 10_000) / 2, 1));
    }
    TraceReader.Result result = readAll(text.toString());
    assertThat(Arrays.stream(result.trace().requests()).sum()).isEqualTo(10_000);
    assertThat(result.trace().minutes()).isEqualTo(84);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "timestamp, value",
        " Timestamp , VALUE ",
        "\"timestamp\",\"value\"",
        "\ufefftimestamp,value",
        "time,requests",
        "timestamp;count"
      })
  void headers_howeverTheyAreWritten_areUnderstood(String header) {
    char separator = header.indexOf(';') > 0 ? ';' : ',';
    String rows = "\"2026-01-01 00:00\", 600 \n2026-01-01 00:01,\"5\"\n".replace(',', separator);
    assertThat(read(header + "\n" + rows).requests()).containsExactly(600, 5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "timestamp,hits",
        "timestamp,value,count",
        "date,time,count",
        "2026-01-01 00:00,5"
      })
  void headers_thatDoNotSayWhatIsCounted_areRefused(String header) {
    assertThatThrownBy(() -> read(header + "\n2026-01-01 00:00:00,600\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("columns: " + header.replace(",", ", "))
        .hasMessageContaining("--count-column");
  }

  @Test
  void countColumn_thatIsNamed_counts() {
    TraceReader.Options hits = new TraceReader.Options(Optional.of("Hits"), 0.01);
    String rows = "timestamp,hits,value\n2026-01-01 00:00:00,600,1\n";
    assertThat(TraceReader.read("test", rows.lines(), hits).trace().requests())
        .containsExactly(600);
    assertThatThrownBy(() -> TraceReader.read("test", "timestamp,value\n".lines(), hits))
        .hasMessageContaining("columns: timestamp, value");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1767225660",
        "1767225660.123",
        "1767225660123",
        "1767225660123456",
        "1767225660123456789",
        "2026-01-01T00:01:00Z",
        "2026-01-01T02:01:00+02:00",
        "2026-01-01 02:01:00 +0200",
        "2026-01-01T00:01:00.123456",
        "2026-01-01 00:01"
      })
  void times_inTheirForms_areRead(String time) {
    assertThat(read("timestamp,value\n" + time + ",7\n").start())
        .isEqualTo(Instant.parse("2026-01-01T00:01:00Z"));
  }

  @Test
  void days_areSpreadOverThem() {
    Trace trace = read("date,requests\n2026-01-01,1440\n2026-01-02,2880\n");
    assertThat(trace.minutes()).isEqualTo(2880);
    assertThat(trace.rate(0) * 60).isEqualTo(1);
    assertThat(trace.rate(2879) * 60).isEqualTo(2);
  }

  @Test
  void accessLogs_ofAllKinds_areRead() {
    TraceReader.Result result =
        readAll(
            """
            10.0.0.1 - John Smith [23/Nov/2026:10:00:01 +0100] "GET / HTTP/1.1" 200 12
            10.0.0.1 - "o [x] \"y" [23/Nov/2026:10:00:01 +0100] "GET / HTTP/1.1" 200 12 "-" "curl"
            10.0.0.1 [2026-11-23T11:00:02+02:00] "GET /v1/search?q=[a] HTTP/1.1" 200 12 0.004 upstream=127.0.0.1:1 0.003 id=ab
            shop.example:80 10.0.0.1 - - [23/Nov/2026:09:00:01 +0000] "-" 400 0
            10.0.0.1 - - [23/Nov/2026:09:01:01 +0000] "GET /[23/Nov/2020:09:01:01 +0000] HTTP/1.1" 200 1
            """);
    assertThat(result.trace().start()).isEqualTo(Instant.parse("2026-11-23T09:00:00Z"));
    assertThat(result.trace().requests()).containsExactly(4, 1);
    assertThat(result.notes())
        .containsExactly("5 lines were read as an access log, one request each");
  }

  @Test
  void badLines_ofFew_areCountedAndShown() {
    TraceReader.Result result =
        readAll(
            """
            timestamp,value
            2014-04-10 00:04:00,50
            yesterday,1
            2014-04-10 00:09:00,-1
            2014-04-10 00:09:00,50
            2014-04-10 00:14:00,50
            """);
    assertThat(result.trace().minutes()).isEqualTo(15);
    assertThat(result.notes())
        .singleElement()
        .asString()
        .startsWith(
            "2 lines cannot be read and were skipped: line 3 has no time: yesterday,1; line 4 ");
  }

  @Test
  void badLines_ofMany_areRefusedAboveTheirShare() {
    StringBuilder text = new StringBuilder("timestamp,value\n");
    for (int i = 0; i < 1_000; i++) {
      text.append("%d,%s%n".formatted(1_767_225_600L + 60L * i, i % 100 == 0 ? "many" : "1"));
    }
    assertThat(readAll(text.toString()).notes()).hasSize(1);
    String more = text + "rubbish\n".repeat(5);
    assertThatThrownBy(() -> readAll(more))
        .hasMessageContaining("15 of 1,005 lines cannot be read")
        .hasMessageContaining("line 2 has no valid number of requests")
        .hasMessageContaining("line 102 ");
    TraceReader.Options strict = new TraceReader.Options(Optional.empty(), 0);
    assertThatThrownBy(() -> TraceReader.read("test", text.toString().lines(), strict))
        .hasMessageContaining("10 of 1,000 lines");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1",
        "many",
        "",
        "NaN",
        "Infinity",
        "1e308",
        "1000000000001",
        "0x10p3",
        "1d",
        "1,5"
      })
  void values_thatAreNoNumbersOfRequests_areRefusedWithTheirLine(String value) {
    assertThatThrownBy(() -> read("timestamp,value\n2014-04-10 00:04:00," + value + "\n"))
        .hasMessageContaining("1 of 1 lines cannot be read: line 2 has ");
  }

  @Test
  void sums_areBoundedToo() {
    String row = "2014-04-10 00:04:00,1000000000000\n";
    assertThatThrownBy(() -> read("timestamp,value\n" + row + row))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2.0E12");
  }

  @Test
  void whatIsNoTraffic_isRefused() {
    assertThatThrownBy(() -> read("timestamp,value\n")).hasMessageContaining("no traffic");
    assertThatThrownBy(() -> read("")).hasMessageContaining("no traffic");
    assertThatThrownBy(() -> read("nothing\n"))
        .hasMessageContaining("line 1 is neither an access log line");
    assertThatThrownBy(() -> read("rubbish\n".repeat(1_000_000)))
        .hasMessageContaining("100 of 100 lines");
    assertThatThrownBy(() -> read("\ufffd\ufffdt\0i\0m\0e\0")).hasMessageContaining("UTF-16");
    assertThatThrownBy(
            () -> read("timestamp,value\n0001-01-01 00:00:00,1\n2014-01-01 00:00:00,1\n"))
        .hasMessageContaining("ten years");
  }
}
