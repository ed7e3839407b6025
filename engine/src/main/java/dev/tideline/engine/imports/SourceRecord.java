package dev.tideline.engine.imports;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One record of a file.
 *
 * @param layout the layout of its file
 * @param line where it begins, from 1
 * @param columns the columns that the record has, including empty ones
 * @param fields by column, as in the file; a column that is absent or empty has no entry
 * @param identity the values in one text, which identifies repeated records; it does not depend on
 *     quoting
 * @param raw the record as in the file, for the reject file: {@link RawText}
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
   * The layout of a file, which its reject file has too.
   *
   * @param header the first line of CSV and TSV with its byte order mark, if it has one: {@link
   *     RawText}
   */
  record Layout(ImportFormat format, String header) {}

  /** A field without surrounding blanks; null if it is absent or blank. */
  @Nullable String text(String column) {
    String value = fields.get(column);
    if (value == null || value.isBlank()) {
      return null;
    }
    return value.strip();
  }

  /** Whether the record has the column, even an empty one. */
  boolean has(String column) {
    return columns.contains(column);
  }
}
