package dev.tideline.engine.imports;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One record of a file.
 *
 * @param line where it begins, from 1
 * @param fields by column, as they stand in the file; a column that is absent or empty has no entry
 * @param raw the record in one text, for the reject file and for telling repeats
 * @param damage why it could not be read, or null
 */
record SourceRecord(
    String file, long line, Map<String, String> fields, String raw, @Nullable String damage) {

  /** A field without outer blanks; null if it is absent or blank. */
  @Nullable String text(String column) {
    String value = fields.get(column);
    if (value == null || value.isBlank()) {
      return null;
    }
    return value.strip();
  }
}
