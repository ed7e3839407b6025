package dev.tideline.engine.imports;

import java.util.List;
import java.util.Set;

/**
 * Knows what the records of a source mean. Used by one thread.
 *
 * @param <T> what they should become
 */
interface RecordMapper<T> {

  Mapped<T> map(SourceRecord record);

  /** What was gathered over the whole file. */
  default List<Mapped.Row<T>> gathered() {
    return List.of();
  }

  /** Columns without which no record can be taken. */
  default Set<String> neededColumns() {
    return Set.of();
  }

  /** Those of a file's columns that nothing is read from, where that may be a mistake. */
  default List<String> unusedColumns(List<String> columns) {
    return List.of();
  }
}
