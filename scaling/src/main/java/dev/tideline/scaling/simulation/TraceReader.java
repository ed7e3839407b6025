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
 * Reads a traffic trace from lines in any order of time. It accepts:
 *
 * <ul>
 *   <li>access logs of NGINX, Apache and Tideline's own NGINX configuration, one request per line;
 *   <li>a CSV whose header has a column {@code timestamp} and a column {@code value}, {@code
 *       requests} or {@code count}: the number of requests in the step that starts at that time;
 *       the length of a step is the median interval between rows;
 *   <li>a CSV with a time and other columns, one request per row.
 * </ul>
 *
 * <p>Times without a zone are UTC. A time without lines counts as no traffic.
 */
public final class TraceReader {

  /** A larger number at one time is an error. */
  static final double REQUESTS_MAX = 1e12;

  /** This many unreadable lines are tolerated even if their share of a short file is larger. */
  static final int BAD_LINES_BORNE = 10;

  private static final int BAD_LINES_SHOWN = 5;
  private static final int SHOWN_MAX = 80;

  /** The first lines of the file, one of which must be readable or a header. */
  private static final int LINES_BEFORE_FORM = 100;

  private static final Pattern NUMBER =
      Pattern.compile("\\+?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d{1,5})?");

  /**
   * How to read.
   *
   * @param countColumn name of the column with the number of requests, if it is not a standard name
   * @param badShare share of the lines that may be unreadable, 0 to 1; unless it is 0, ten are
   *     tolerated in any case
   */
  public record Options(Optional<String> countColumn, double badShare) {

    public static final Options DEFAULT = new Options(Optional.empty(), 0.01);
  }

  /**
   * The result of reading.
   *
   * @param notes how the input was interpreted and what was corrected, one sentence each
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

  /** Reads a trace with {@link Options#DEFAULT}. */
  public static Trace read(String name, Stream<String> text) {
    return read(name, text, Options.DEFAULT).trace();
  }

  /**
   * Reads a trace.
   *
   * @throws IllegalArgumentException if the lines contain no traffic, if too many are unreadable,
   *     or if it is ambiguous what they count
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
        form == null ? Optional.of("is neither an access log line nor a header") : add(text);
    problem.ifPresent(why -> reject(text, why));
  }

  private static String withoutMark(String line) {
    if (line.indexOf('\0') >= 0 || line.startsWith("\ufffd\ufffd")) {
      throw new IllegalArgumentException(
          "the file is not UTF-8 but seems to be UTF-16; save it as UTF-8");
    }
    return line.startsWith("\ufeff") ? line.substring(1) : line;
  }

  /** Detects the format of the file; returns true if the line is its header. */
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

  /** Adds a line's requests; returns what is wrong with the line, if anything. */
  private Optional<String> add(String line) {
    TraceColumns rows = columns;
    if (rows == null) {
      Optional<Instant> time = AccessLog.time(line);
      time.ifPresent(this::addOne);
      return time.isPresent() ? Optional.empty() : Optional.of("is not an access log line");
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
      return Optional.of("has no valid number of requests (0 or more)");
    }
    double requests = Double.parseDouble(text);
    if (requests > REQUESTS_MAX) {
      return Optional.of(String.format(Locale.ROOT, "has more than %,.0f requests", REQUESTS_MAX));
    }
    counts.add(time.get(), requests);
    return Optional.empty();
  }

  /** Counts by minute, so that memory use does not grow with the length of the log. */
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
      note(notes, good, "lines were read as an access log, one request each");
    } else if (!rows.isCounted()) {
      note(
          notes,
          good,
          "rows were counted as one request each: no column is called value, requests or count");
    } else {
      note(
          notes,
          counts.unordered(),
          "rows were earlier than the row before; all rows were sorted by time");
      note(
          notes,
          counts.merged(),
          "rows were in the same second as another row; their requests were added up");
    }
    String more = bad > badLines.size() ? "; and more" : "";
    note(
        notes, bad, "lines cannot be read and were skipped: " + String.join("; ", badLines) + more);
    return notes;
  }

  private static void note(List<String> notes, long count, String text) {
    if (count > 0) {
      notes.add(String.format(Locale.ROOT, "%,d %s", count, text));
    }
  }
}
