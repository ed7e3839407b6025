package dev.tideline.engine.imports;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The outcome of every row of an import: {@code rows = loaded + rejected}.
 *
 * @param rows records read
 * @param loaded records that are in the database now, or are part of a product that is
 * @param rejected records by reason of rejection
 * @param created products or events that are new
 * @param changed products that were stored and changed; events that were stored with another time
 * @param unchanged products or events that were stored already and did not change
 * @param rejectFiles files with the rejected records
 * @param notes further information for the user, a sentence each
 */
public record ImportReport(
    long rows,
    long loaded,
    Map<String, Long> rejected,
    long created,
    long changed,
    long unchanged,
    List<String> rejectFiles,
    List<String> notes) {

  public ImportReport {
    rejected = new TreeMap<>(rejected);
    rejectFiles = List.copyOf(rejectFiles);
    notes = List.copyOf(notes);
  }

  public long rejectedRows() {
    return rejected.values().stream().mapToLong(Long::longValue).sum();
  }
}
