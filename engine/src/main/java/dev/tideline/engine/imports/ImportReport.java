package dev.tideline.engine.imports;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of every row of an import: {@code rows = loaded + rejected}.
 *
 * @param rows records read
 * @param loaded records that are in the database now, or went into something that is
 * @param rejected records by reason why not
 * @param created products or events that are new
 * @param changed products that were there and differ now; events that were there at another time
 * @param unchanged products or events that were there already, the same
 * @param rejectFiles where the rejected records are
 * @param notes what the user may want to know besides, a sentence each
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
