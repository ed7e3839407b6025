package dev.tideline.scaling.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The columns of a CSV file. Names are not case-sensitive and may be quoted or surrounded by
 * blanks.
 *
 * @param separator a comma, tab or semicolon
 * @param time index of the time column, from 0
 * @param count index of the column with the number of requests, or -1 if each row is a request
 * @param width number of columns
 */
record TraceColumns(char separator, int time, int count, int width) {

  private static final Set<String> TIMES = Set.of("timestamp", "time", "datetime", "date", "ts");
  private static final Set<String> COUNTS = Set.of("value", "requests", "count");

  /** Value of {@code count} if no column contains a number of requests. */
  static final int NONE = -1;

  /**
   * The columns given by a header line, or by a row of a file without a header; empty if the line
   * is neither.
   *
   * @param counts name of the column with the number of requests, if given
   * @throws IllegalArgumentException if it is ambiguous which columns contain the times and the
   *     counts
   */
  static Optional<TraceColumns> of(String line, Optional<String> counts) {
    char separator = separator(line);
    List<String> names = new ArrayList<>();
    split(line, separator).forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    if (TraceTimes.parse(names.getFirst()).isPresent()) {
      if (counts.isPresent() || names.size() == 2) {
        throw unclear("there is no header that names the columns", names);
      }
      return Optional.of(new TraceColumns(separator, 0, NONE, names.size()));
    }
    List<Integer> times = places(names, TIMES);
    if (times.isEmpty()) {
      return Optional.empty();
    }
    if (times.size() > 1) {
      throw unclear("several columns contain times", names);
    }
    Set<String> wanted = counts.map(name -> Set.of(name.toLowerCase(Locale.ROOT))).orElse(COUNTS);
    List<Integer> found = places(names, wanted);
    boolean requests = found.isEmpty() && counts.isEmpty() && names.size() != 2;
    if (found.size() > 1 || (found.isEmpty() && !requests)) {
      throw unclear("it is ambiguous which column contains the number of requests", names);
    }
    int count = found.isEmpty() ? NONE : found.getFirst();
    return Optional.of(new TraceColumns(separator, times.getFirst(), count, names.size()));
  }

  private static IllegalArgumentException unclear(String why, List<String> names) {
    return new IllegalArgumentException(
        "%s (columns: %s). Add a header such as timestamp,requests (or value, count), or name the column with --count-column"
            .formatted(why, String.join(", ", names)));
  }

  private static List<Integer> places(List<String> names, Set<String> wanted) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (wanted.contains(names.get(i))) {
        places.add(i);
      }
    }
    return places;
  }

  private static char separator(String line) {
    for (char separator : new char[] {',', '\t', ';'}) {
      if (line.indexOf(separator) >= 0) {
        return separator;
      }
    }
    return ',';
  }

  boolean isCounted() {
    return count != NONE;
  }

  /** The fields of a row, without quotes and outer blanks. */
  List<String> split(String line) {
    return split(line, separator);
  }

  private static List<String> split(String line, char separator) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        quoted = !quoted; // a doubled quote toggles twice
      } else if (c == separator && !quoted) {
        fields.add(field.toString().strip());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString().strip());
    return fields;
  }
}
