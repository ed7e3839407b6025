package dev.tideline.engine.index;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Ids of rows, as ranges: rows that were written together have ids next to each other. Immutable.
 */
final class SeenRows {

  /** More ranges than this are forgotten; rows that were seen are then read again. */
  static final int RANGES_MAX = 1_000;

  static final SeenRows NONE = new SeenRows(new TreeMap<>());

  private static final Pattern RANGE = Pattern.compile("\\[(\\d+),(\\d+)\\)");

  /** The ends, exclusive, by start. */
  private final NavigableMap<Long, Long> ranges;

  private SeenRows(NavigableMap<Long, Long> ranges) {
    this.ranges = ranges;
  }

  /** Reads the text of an {@code int8multirange} in its canonical form. */
  static SeenRows parse(String multirange) {
    NavigableMap<Long, Long> ranges = new TreeMap<>();
    Matcher matcher = RANGE.matcher(multirange);
    while (matcher.find()) {
      ranges.put(Long.valueOf(matcher.group(1)), Long.valueOf(matcher.group(2)));
    }
    return bounded(ranges);
  }

  private static SeenRows bounded(NavigableMap<Long, Long> ranges) {
    return ranges.size() > RANGES_MAX ? NONE : new SeenRows(ranges);
  }

  /** These and more. */
  SeenRows with(Iterable<Long> ids) {
    NavigableMap<Long, Long> all = new TreeMap<>(ranges);
    for (long id : ids) {
      Map.Entry<Long, Long> below = all.floorEntry(id);
      if (below != null && below.getValue() > id) {
        continue;
      }
      boolean joinsBelow = below != null && below.getValue() == id;
      Long endAbove = all.remove(id + 1);
      all.put(joinsBelow ? below.getKey() : (Long) id, endAbove == null ? id + 1 : endAbove);
    }
    return bounded(all);
  }

  /** As PostgreSQL reads an {@code int8multirange}. */
  @Override
  public String toString() {
    return ranges.entrySet().stream()
        .map(range -> "[" + range.getKey() + "," + range.getValue() + ")")
        .collect(Collectors.joining(",", "{", "}"));
  }
}
