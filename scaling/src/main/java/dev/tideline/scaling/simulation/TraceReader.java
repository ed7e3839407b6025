package dev.tideline.scaling.simulation;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads traffic from lines. {@code timestamp,value} (or {@code requests}, {@code count}): requests
 * in the step that begins then, whose length is the usual distance of lines; another CSV that
 * begins with a time: a line a request; access logs as NGINX and Apache write them: a line a
 * request. Times without a zone are UTC; what no line tells of is no traffic.
 */
public final class TraceReader {

  /** More is a mistake in the times, not traffic: ten years. */
  private static final int MINUTES_MAX = 10 * 366 * 24 * 60;

  /** A header that says how many requests there were. */
  private static final Pattern COUNTED = Pattern.compile("timestamp,(value|requests|count)");

  private static final Pattern ACCESS = Pattern.compile("\\S+ \\S+ \\S+ \\[([^]]+)] \".*");
  private static final DateTimeFormatter ACCESS_TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH);
  private static final DateTimeFormatter LOCAL_TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd['T'][' ']HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter(Locale.ROOT);

  private record Line(Instant at, double value) {}

  private final List<Line> lines = new ArrayList<>();
  private boolean counted;
  private int number;

  private TraceReader() {}

  /**
   * The trace that lines make.
   *
   * @throws IllegalArgumentException if there is nothing in them, or a line is not understood; with
   *     the line's number
   */
  public static Trace read(String name, Stream<String> text) {
    TraceReader reader = new TraceReader();
    for (Iterator<String> all = text.iterator(); all.hasNext(); ) {
      reader.take(all.next());
    }
    if (reader.lines.isEmpty()) {
      throw new IllegalArgumentException("no traffic in " + name);
    }
    return reader.trace(name);
  }

  private void take(String line) {
    number++;
    if (line.isBlank()) {
      return;
    }
    if (number == 1 && line.startsWith("timestamp")) {
      counted = COUNTED.matcher(line.strip()).matches();
      return;
    }
    try {
      lines.add(parse(line));
    } catch (DateTimeParseException e) {
      throw refused("is no access log's and no CSV's that begins with a time", line, e);
    } catch (NumberFormatException e) {
      throw refused("has no number of requests, 0 or more, after its time", line, e);
    }
  }

  private IllegalArgumentException refused(String why, String line, RuntimeException cause) {
    return new IllegalArgumentException(
        "line %d %s: %s".formatted(number, why, line.substring(0, Math.min(80, line.length()))),
        cause);
  }

  private Line parse(String line) {
    Matcher access = ACCESS.matcher(line);
    if (access.matches()) {
      return new Line(OffsetDateTime.parse(access.group(1), ACCESS_TIME).toInstant(), 1);
    }
    int comma = line.indexOf(',');
    String time = (comma < 0 ? line : line.substring(0, comma)).strip();
    double value = counted ? Double.parseDouble(line.substring(comma + 1).strip()) : 1;
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new NumberFormatException(line);
    }
    return new Line(time(time), value);
  }

  private static Instant time(String text) {
    return text.matches(".*(Z|[+-]\\d\\d:?\\d\\d)")
        ? OffsetDateTime.parse(text.replace(' ', 'T')).toInstant()
        : LocalDateTime.parse(text, LOCAL_TIME).toInstant(ZoneOffset.UTC);
  }

  private Trace trace(String name) {
    Instant start = lines.getFirst().at();
    Instant end = start;
    for (Line line : lines) {
      start = line.at().isBefore(start) ? line.at() : start;
      end = line.at().isAfter(end) ? line.at() : end;
    }
    long first = start.getEpochSecond() / 60;
    int step = counted ? stepMinutes() : 1;
    long minutes = end.getEpochSecond() / 60 - first + step;
    if (minutes > MINUTES_MAX) {
      throw new IllegalArgumentException(
          "%s goes from %s to %s: more than ten years".formatted(name, start, end));
    }
    double[] requests = new double[(int) minutes];
    for (Line line : lines) {
      int minute = (int) (line.at().getEpochSecond() / 60 - first);
      for (int i = 0; i < step && minute + i < requests.length; i++) {
        requests[minute + i] += line.value() / step;
      }
    }
    return new Trace(name, Instant.ofEpochSecond(first * 60), requests);
  }

  /** The usual distance of two lines. */
  private int stepMinutes() {
    long[] distances = new long[Math.max(0, lines.size() - 1)];
    for (int i = 0; i < distances.length; i++) {
      distances[i] = lines.get(i + 1).at().getEpochSecond() - lines.get(i).at().getEpochSecond();
    }
    Arrays.sort(distances);
    return distances.length == 0
        ? 1
        : Math.clamp(Math.round(distances[(distances.length - 1) / 2] / 60.0), 1, 1440);
  }
}
