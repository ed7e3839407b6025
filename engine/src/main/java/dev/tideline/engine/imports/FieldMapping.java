package dev.tideline.engine.imports;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which column of a file holds which of our fields.
 *
 * @param columns by field; a field that is not named is looked for in the column of its own name
 * @param defaults values of fields that a record does not have
 */
public record FieldMapping(Map<String, String> columns, Map<String, String> defaults) {

  public static final FieldMapping NONE = new FieldMapping(Map.of(), Map.of());

  @Nullable String text(SourceRecord record, String field) {
    String value = record.text(columns.getOrDefault(field, field));
    return value == null ? defaults.get(field) : value;
  }

  /**
   * Refuses fields that there are not.
   *
   * @throws ImportException naming them, and those there are
   */
  void check(Set<String> fields, String prefixAllowed) {
    Set<String> unknown = new TreeSet<>(columns.keySet());
    unknown.addAll(defaults.keySet());
    unknown.removeAll(fields);
    unknown.removeIf(field -> !prefixAllowed.isEmpty() && field.startsWith(prefixAllowed));
    if (!unknown.isEmpty()) {
      throw new ImportException(
          "there is no field %s; there are %s"
              .formatted(String.join(", ", unknown), String.join(", ", new TreeSet<>(fields))));
    }
  }
}
