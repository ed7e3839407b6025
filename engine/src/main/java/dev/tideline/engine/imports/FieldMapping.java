package dev.tideline.engine.imports;

import java.util.HashSet;
import java.util.List;
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

  /** Whether a record tells of a field, be it empty, or a default does. */
  boolean has(SourceRecord record, String field) {
    return record.has(columns.getOrDefault(field, field)) || defaults.containsKey(field);
  }

  /** The fields that are named here. */
  Set<String> fields() {
    Set<String> fields = new TreeSet<>(columns.keySet());
    fields.addAll(defaults.keySet());
    return fields;
  }

  /** The columns without which some fields are never known. */
  Set<String> columnsOf(String... fields) {
    Set<String> needed = new TreeSet<>();
    for (String field : fields) {
      if (!defaults.containsKey(field)) {
        needed.add(columns.getOrDefault(field, field));
      }
    }
    return needed;
  }

  /** Columns that no field is read from. */
  List<String> unused(List<String> all, Set<String> fields, String prefix) {
    Set<String> used = new HashSet<>(columns.values());
    fields.stream().filter(field -> !columns.containsKey(field)).forEach(used::add);
    return all.stream()
        .filter(column -> !used.contains(column))
        .filter(column -> prefix.isEmpty() || !column.startsWith(prefix))
        .toList();
  }

  /**
   * Refuses fields that there are not.
   *
   * @throws ImportException naming them, and those there are
   */
  void check(Set<String> fields, String prefixAllowed) {
    Set<String> unknown = fields();
    unknown.removeAll(fields);
    unknown.removeIf(field -> !prefixAllowed.isEmpty() && field.startsWith(prefixAllowed));
    if (!unknown.isEmpty()) {
      throw new ImportException(
          "unknown field %s; known fields: %s"
              .formatted(String.join(", ", unknown), String.join(", ", new TreeSet<>(fields))));
    }
  }
}
