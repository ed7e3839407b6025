package dev.tideline.engine.imports;

import java.util.List;
import java.util.Set;

/**
 * Maps the records of a source. Used by one thread.
 *
 * @param <T> what records are mapped to
 */
interface RecordMapper<T> {

  Mapped<T> map(SourceRecord record);

  /** The rows gathered over all records. */
  default List<Mapped.Row<T>> gathered() {
    return List.of();
  }

  /** The columns that every record needs. */
  default Set<String> neededColumns() {
    return Set.of();
  }

  /** The columns of a file that are not read, if that may be a mistake. */
  default List<String> unusedColumns(List<String> columns) {
    return List.of();
  }
}
