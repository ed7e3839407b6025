package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class SimulateCommandTest {

  private static final Path TRACES = Path.of("../../shared/data/traces");

  @TempDir private Path folder;

  private final PrintStream before = System.out;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @BeforeEach
  void capture() {
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void release() {
    System.setOut(before);
  }

  private static int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("simulate"));
    all.addAll(List.of(arguments));
    return Main.commandLine().execute(all.toArray(String[]::new));
  }

  private JsonNode json(String... arguments) {
    out.reset();
    assertThat(run(arguments)).isZero();
    return JsonMapper.shared().readTree(out.toString(StandardCharsets.UTF_8));
  }

  /** A day that is busy from eight to twenty. */
  private Path day() throws Exception {
    StringBuilder csv = new StringBuilder("timestamp,value\n");
    LocalDateTime start = LocalDateTime.parse("2026-11-23T00:00:00");
    for (int minute = 0; minute < 1440; minute++) {
      boolean busy = minute >= 480 && minute < 1200;
      csv.append(
          String.format(
              Locale.ROOT,
              "%s,%d%n",
              start
                  .plusMinutes(minute)
                  .format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)),
              busy ? 6000 : 600));
    }
    return Files.writeString(folder.resolve("day.csv"), csv);
  }

  @Test
  void json_hasThePromisedNames_andNothingElseIsOnStandardOutput() throws Exception {
    JsonNode result = json("--trace", day().toString(), "--policy", "hpa", "--json");
    assertThat(result.size()).isEqualTo(1);
    assertThat(result.get(0).propertyNames())
        .containsExactlyInAnyOrder(
            "policy",
            "instance_hours",
            "minutes_above_target",
            "dropped_requests",
            "scale_ups",
            "scale_downs",
            "max_instances",
            "cost_usd");
    assertThat(result.get(0).get("policy").stringValue()).isEqualTo("hpa");
    assertThat(result.get(0).get("max_instances").intValue()).isGreaterThan(5);
  }

  @Test
  void compare_playsAll_andShowsTheFront() throws Exception {
    assertThat(run("--trace", day().toString(), "--compare")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("threshold", "hpa", "predictive", "no others beat", "down at");
  }

  @Test
  void timelineAndChart_areWritten() throws Exception {
    Path csv = folder.resolve("t.csv");
    Path chart = folder.resolve("t.svg");
    String[] arguments = {
      "--trace", day().toString(), "--csv", csv.toString(), "--chart", chart.toString()
    };
    assertThat(run(arguments)).isZero();
    assertThat(Files.readAllLines(csv))
        .hasSize(1441)
        .startsWith("policy,minute,requests_per_second,instances,p95_ms,change");
    assertThat(Files.readString(chart)).startsWith("<svg").contains("instances", "p95");
  }

  @Test
  void price_isOfTheInstanceHours() throws Exception {
    JsonNode one =
        json("--trace", day().toString(), "--capacity", "1000", "--price-per-hour", "1", "--json");
    assertThat(one.get(0).get("instance_hours").doubleValue()).isEqualTo(48);
    assertThat(one.get(0).get("cost_usd").doubleValue()).isEqualTo(48);
  }

  @Test
  void rowsInDescendingOrder_dropAsManyRequests_andThatIsSaid() throws Exception {
    List<String> rows = new ArrayList<>(Files.readAllLines(day()));
    JsonNode ordered = json("--trace", day().toString(), "--capacity", "30", "--json");
    String header = rows.removeFirst();
    Path descending = folder.resolve("descending.csv.gz");
    try (OutputStream packed = new GZIPOutputStream(Files.newOutputStream(descending))) {
      packed.write(
          (header + "\n" + String.join("\n", rows.reversed())).getBytes(StandardCharsets.UTF_8));
    }
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      assertThat(json("--trace", descending.toString(), "--capacity", "30", "--json"))
          .isEqualTo(ordered);
    } finally {
      System.setErr(err);
    }
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("1,439 rows were earlier than the row before");
  }

  @Test
  void accessLogOfOurNginx_isRead() throws Exception {
    String format = Files.readString(Path.of("../deploy/nginx/nginx.conf"));
    Matcher logged =
        Pattern.compile("log_format tideline '(.*?)';", Pattern.DOTALL).matcher(format);
    assertThat(logged.find()).isTrue();
    String line =
        logged
            .group(1)
            .replaceAll("'\\s+'", "")
            .replace("$time_iso8601", "2026-11-23T10:00:01+01:00")
            .replace("$request\"", "GET /v1/search?q=a HTTP/1.1\"")
            .replaceAll("\\$\\w+", "1");
    Path log = Files.writeString(folder.resolve("access.log"), (line + "\n").repeat(600));
    assertThat(run("--trace", log.toString(), "--capacity", "100")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("600 requests in 1 minutes, 2026-11-23T09:00:00Z");
  }

  @Test
  void damagedSecondGzipMember_isAFailure() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int member = 0; member < 2; member++) {
      try (OutputStream packed = new GZIPOutputStream(bytes)) {
        packed.write(Files.readAllBytes(day()));
      }
    }
    byte[] damaged = Arrays.copyOf(bytes.toByteArray(), bytes.size() - 20);
    Path file = Files.write(folder.resolve("damaged.csv.gz"), damaged);
    assertThat(run("--trace", file.toString())).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--policy nonsense",
        "--bad-lines -1",
        "--capacity 0",
        "--price-per-hour -1",
        "--compare --policy hpa",
        "--min three"
      })
  void wrongOptions_areAMisuse(String options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--trace", day().toString()));
    arguments.addAll(List.of(options.split(" ", -1)));
    assertThat(run(arguments.toArray(String[]::new))).isEqualTo(CommandLine.ExitCode.USAGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nothing", "timestamp,value\n2026-11-23 00:00:00,x\n"})
  void wrongFiles_areAFailure(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("wrong.csv"), text);
    assertThat(run("--trace", file.toString())).isEqualTo(1);
    assertThat(run("--trace", folder.resolve("absent").toString())).isEqualTo(1);
    assertThat(run("--trace", day().toString(), "--min", "5", "--max", "2")).isEqualTo(1);
    assertThat(run("--trace", day().toString(), "--down-cpu", "90")).isEqualTo(1);
  }

  /** On traces with a season the forecast saves half of the slow minutes for a tenth more. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "nasa_http_per_minute_1995-07",
        "nab_Twitter_volume_CRM",
        "nab_Twitter_volume_FB",
        "nab_Twitter_volume_IBM",
        "nab_Twitter_volume_PFE"
      })
  void predictive_halvesTheMinutesAboveTarget(String name) {
    Path trace = TRACES.resolve(name + ".csv.gz");
    if (System.getenv("CI") == null) {
      assumeThat(trace).exists();
    }
    JsonNode both = json("--trace", trace.toString(), "--policy", "threshold,predictive", "--json");
    double threshold = both.get(0).get("minutes_above_target").doubleValue();
    assertThat(threshold).isPositive();
    assertThat(both.get(1).get("minutes_above_target").doubleValue()).isLessThan(threshold / 2);
    assertThat(both.get(1).get("instance_hours").doubleValue())
        .isLessThan(both.get(0).get("instance_hours").doubleValue() * 1.101);
  }
}
