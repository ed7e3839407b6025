package dev.tideline.engine.imports;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Maps the columns of a file to fields.
 *
 * @param columns by field; a field that is not named is read from the column of the same name
 * @param defaults values of fields that a record does not have
 */
public record FieldMapping(Map<String, String> columns, Map<String, String> defaults) {

  public static final FieldMapping NONE = new FieldMapping(Map.of(), Map.of());

  @Nullable String text(SourceRecord record, String field) {
    String value = record.text(columns.getOrDefault(field, field));
    return value == null ? defaults.get(field) : value;
  }

  /** Whether a record has a field, even an empty one, or the field has a default. */
  boolean has(SourceRecord record, String field) {
    return record.has(columns.getOrDefault(field, field)) || defaults.containsKey(field);
  }

  /** The fields that the mapping names. */
  Set<String> fields() {
    Set<String> fields = new TreeSet<>(columns.keySet());
    fields.addAll(defaults.keySet());
    return fields;
  }

  /** The columns that some fields need because they have no default. */
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
   * Refuses unknown fields.
   *
   * @throws ImportException naming the unknown and the known fields
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
