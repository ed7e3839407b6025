package dev.tideline.engine.imports;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Compares the columns of files with the required and mapped ones, before rows are read. */
final class Columns {

  private static final int NAMED_MAX = 20;

  private Columns() {}

  /**
   * Checks the headers of all files.
   *
   * @return notes for the user
   * @throws ImportException if a file lacks a column that is required, or that the mapping names
   */
  static List<String> check(List<Path> files, FieldMapping mapping, RecordMapper<?> mapper) {
    Set<String> unused = new LinkedHashSet<>();
    for (Path file : files) {
      new RecordReader(file, bytes -> {})
          .columns()
          .ifPresent(columns -> {
            check(file, columns, mapping, mapper.neededColumns());
            unused.addAll(mapper.unusedColumns(columns));
          });
    }
    return unused.isEmpty()
        ? List.of()
        : List.of("no field is read from %s: %s".formatted(noun(unused.size()), listed(unused)));
  }

  private static void check(
      Path file, List<String> columns, FieldMapping mapping, Set<String> needed) {
    Map<String, String> absent = new TreeMap<>();
    mapping.columns().forEach((field, column) -> absent.put(column, " (--map " + field + ")"));
    needed.forEach(column -> absent.putIfAbsent(column, ", which is needed"));
    absent.keySet().removeAll(columns);
    if (absent.isEmpty()) {
      return;
    }
    List<String> problems = new ArrayList<>();
    absent.forEach((column, why) ->
        problems.add(
            "there is no column %s%s; %s"
                .formatted(
                    column,
                    why,
                    Nearest.to(column, columns)
                        .map(near -> "the nearest is " + near)
                        .orElse("it has none with a name"))));
    throw new ImportException(
        "%s: %s. Its columns: %s%s. Nothing was imported."
            .formatted(file, String.join("; ", problems), listed(columns), hint(columns)));
  }

  private static String hint(List<String> columns) {
    boolean semicolons = columns.size() == 1 && columns.getFirst().indexOf(';') >= 0;
    return semicolons ? " (fields are parted by commas in .csv and tabs in .tsv)" : "";
  }

  private static String noun(int count) {
    return count == 1 ? "the column" : count + " columns";
  }

  private static String listed(Iterable<String> names) {
    List<String> shown = new ArrayList<>();
    for (String name : names) {
      if (shown.size() == NAMED_MAX) {
        shown.add("...");
        break;
      }
      shown.add(name);
    }
    return String.join(", ", shown);
  }
}
