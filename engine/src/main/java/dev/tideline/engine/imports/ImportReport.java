package dev.tideline.engine.imports;

import java.util.Map;
import java.util.TreeMap;

/**
 * What became of every row of an import: {@code rows = loaded + rejected}.
 *
 * @param rows records read
 * @param loaded records that are in the database now, or went into something that is
 * @param rejected records by reason why not
 * @param created products or events that are new
 * @param changed products that were there and differ now
 * @param unchanged products or events that were there already, the same
 */
public record ImportReport(
    long rows,
    long loaded,
    Map<String, Long> rejected,
    long created,
    long changed,
    long unchanged) {

  public ImportReport {
    rejected = new TreeMap<>(rejected);
  }

  public long rejectedRows() {
    return rejected.values().stream().mapToLong(Long::longValue).sum();
  }
}
