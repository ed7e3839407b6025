package dev.tideline.engine.imports;

import java.util.List;

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
}
