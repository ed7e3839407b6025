package dev.tideline.engine.imports;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One record of a file.
 *
 * @param layout how its file is written
 * @param line where it begins, from 1
 * @param columns that the record tells of, be they empty
 * @param fields by column, as they stand in the file; a column that is absent or empty has no entry
 * @param identity the values in one text, for telling repeats; the same however they are quoted
 * @param raw the record as it stands in the file, for the reject file: {@link RawText}
 * @param marked whether it comes from a reject file
 * @param damage why it could not be read, or null
 */
record SourceRecord(
    String file,
    Layout layout,
    long line,
    Set<String> columns,
    Map<String, String> fields,
    String identity,
    String raw,
    boolean marked,
    @Nullable String damage) {

  /**
   * How a file is written: what its reject file must be too.
   *
   * @param header the first line of CSV and TSV with its byte order mark, if it has one: {@link
   *     RawText}
   */
  record Layout(ImportFormat format, String header) {}

  /** A field without outer blanks; null if it is absent or blank. */
  @Nullable String text(String column) {
    String value = fields.get(column);
    if (value == null || value.isBlank()) {
      return null;
    }
    return value.strip();
  }

  /** Whether the record has the column, be it empty. */
  boolean has(String column) {
    return columns.contains(column);
  }
}
