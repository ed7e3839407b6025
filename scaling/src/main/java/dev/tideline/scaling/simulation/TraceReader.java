package dev.tideline.scaling.simulation;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads traffic from lines, in any order of time: access logs as NGINX, Apache and our own NGINX
 * write them, a line a request; a CSV whose header has a column {@code timestamp} and one of {@code
 * value}, {@code requests} or {@code count}: requests in the step that begins then, whose length is
 * the usual distance of rows; a CSV with a time and other columns: a row a request. Times without a
 * zone are UTC; what no line tells of is no traffic.
 */
public final class TraceReader {

  /** More at one time are a mistake. */
  static final double REQUESTS_MAX = 1e12;

  /** So many lines that are not understood are borne, whatever their share of few. */
  static final int BAD_LINES_BORNE = 10;

  private static final int BAD_LINES_SHOWN = 5;
  private static final int SHOWN_MAX = 80;

  /** Lines at the beginning among which there must be one that is understood, or a header. */
  private static final int LINES_BEFORE_FORM = 100;

  private static final Pattern NUMBER =
      Pattern.compile("\\+?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d{1,5})?");

  /**
   * How to read.
   *
   * @param countColumn the column that holds numbers of requests, where its name does not say so
   * @param badShare of the lines that may not be understood, 0 to 1; if it is not 0, ten are borne
   *     in any case
   */
  public record Options(Optional<String> countColumn, double badShare) {

    public static final Options DEFAULT = new Options(Optional.empty(), 0.01);
  }

  /**
   * What was read.
   *
   * @param notes what it was taken for, and what was done to it: a sentence each
   */
  public record Result(Trace trace, List<String> notes) {}

  private enum Form {
    ACCESS_LOG,
    ROWS
  }

  private final Options options;
  private final TraceCounts counts = new TraceCounts();
  private final List<String> badLines = new ArrayList<>();
  private @Nullable Form form;
  private @Nullable TraceColumns columns;
  private long number;
  private long lines;
  private long bad;

  private TraceReader(Options options) {
    this.options = options;
  }

  /** The trace that lines make, read as {@link Options#DEFAULT} says. */
  public static Trace read(String name, Stream<String> text) {
    return read(name, text, Options.DEFAULT).trace();
  }

  /**
   * The trace that lines make.
   *
   * @throws IllegalArgumentException if there is nothing in them, if too many are not understood,
   *     or if it cannot be told what they count
   */
  public static Result read(String name, Stream<String> text, Options options) {
    TraceReader reader = new TraceReader(options);
    for (Iterator<String> all = text.iterator(); all.hasNext(); ) {
      reader.take(all.next());
    }
    return reader.result(name);
  }

  private void take(String line) {
    number++;
    String text = number == 1 ? withoutMark(line) : line;
    if (text.isBlank()) {
      return;
    }
    if (form == null && isHeader(text)) {
      return;
    }
    lines++;
    Optional<String> problem =
        form == null ? Optional.of("is no access log's and no header") : add(text);
    problem.ifPresent(why -> reject(text, why));
  }

  private static String withoutMark(String line) {
    if (line.indexOf('\0') >= 0 || line.startsWith("\ufffd\ufffd")) {
      throw new IllegalArgumentException(
          "the file is not UTF-8 but seems to be UTF-16; save it as UTF-8");
    }
    return line.startsWith("\ufeff") ? line.substring(1) : line;
  }

  /** Finds out what the file is; true if the line is its header. */
  private boolean isHeader(String line) {
    if (AccessLog.time(line).isPresent()) {
      form = Form.ACCESS_LOG;
      return false;
    }
    Optional<TraceColumns> found = TraceColumns.of(line, options.countColumn());
    if (found.isEmpty()) {
      return false;
    }
    columns = found.get();
    form = Form.ROWS;
    return TraceTimes.parse(columns.split(line).getFirst()).isEmpty();
  }

  /** Adds a line's requests; answers what is wrong with it, if anything. */
  private Optional<String> add(String line) {
    TraceColumns rows = columns;
    if (rows == null) {
      Optional<Instant> time = AccessLog.time(line);
      time.ifPresent(this::addOne);
      return time.isPresent() ? Optional.empty() : Optional.of("is no line of an access log");
    }
    List<String> fields = rows.split(line);
    if (fields.size() < rows.width()) {
      return Optional.of(
          "has %d fields where there are %d columns".formatted(fields.size(), rows.width()));
    }
    Optional<Instant> time = TraceTimes.parse(fields.get(rows.time()));
    if (time.isEmpty()) {
      return Optional.of("has no time");
    }
    if (!rows.isCounted()) {
      addOne(time.get());
      return Optional.empty();
    }
    String text = fields.get(rows.count());
    if (fields.size() > rows.width() || !NUMBER.matcher(text).matches()) {
      return Optional.of("has no number of requests, 0 or more");
    }
    double requests = Double.parseDouble(text);
    if (requests > REQUESTS_MAX) {
      return Optional.of(String.format(Locale.ROOT, "has more than %,.0f requests", REQUESTS_MAX));
    }
    counts.add(time.get(), requests);
    return Optional.empty();
  }

  /** By the minute, so that a log of any length takes little memory. */
  private void addOne(Instant at) {
    counts.add(at.truncatedTo(ChronoUnit.MINUTES), 1);
  }

  private void reject(String line, String why) {
    bad++;
    if (badLines.size() < BAD_LINES_SHOWN) {
      badLines.add(
          "line %d %s: %s"
              .formatted(number, why, line.substring(0, Math.min(SHOWN_MAX, line.length()))));
    }
    if (form == null && lines == LINES_BEFORE_FORM) {
      throw tooMany();
    }
  }

  private IllegalArgumentException tooMany() {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%,d of %,d lines cannot be read: %s",
            bad,
            lines,
            String.join("; ", badLines)));
  }

  private Result result(String name) {
    double borne = options.badShare() > 0 ? BAD_LINES_BORNE : 0;
    if (bad > Math.max(borne, lines * options.badShare()) || bad > lines - bad) {
      throw tooMany();
    }
    if (counts.isEmpty()) {
      throw new IllegalArgumentException("no traffic in " + name);
    }
    Trace trace = counts.trace(name, columns != null && columns.isCounted());
    return new Result(trace, notes());
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    long good = lines - bad;
    TraceColumns rows = columns;
    if (rows == null) {
      note(notes, good, "lines were read as those of an access log, a request each");
    } else if (!rows.isCounted()) {
      note(
          notes,
          good,
          "rows count as a request each: no column is called value, requests or count");
    } else {
      note(
          notes,
          counts.unordered(),
          "rows were of an earlier time than the row before; all were put in order of time");
      note(
          notes,
          counts.merged(),
          "rows were of the same second as another; their requests were added up");
    }
    String more = bad > badLines.size() ? "; and more" : "";
    note(
        notes,
        bad,
        "lines cannot be read and were left out: " + String.join("; ", badLines) + more);
    return notes;
  }

  private static void note(List<String> notes, long count, String text) {
    if (count > 0) {
      notes.add(String.format(Locale.ROOT, "%,d %s", count, text));
    }
  }
}
