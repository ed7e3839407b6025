package dev.tideline.engine.imports;

import dev.tideline.engine.imports.DelimitedRows.Row;
import dev.tideline.engine.imports.SourceRecord.Layout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A file of CSV or TSV: a header, and a record in each further row. Not thread-safe. */
final class DelimitedFile {

  private static final int MARKS = RejectMark.COLUMNS.size();
  private static final Pattern DIGITS = Pattern.compile("\\d+");

  private final String file;
  private final char separator;
  private final DelimitedRows rows;
  private final Layout layout;

  /** The names of the columns without those of {@link RejectMark}; unnamed columns are blank. */
  private final List<String> names;

  private final Set<String> columns;
  private final boolean marked;

  DelimitedFile(Path path, ImportFormat format, InputStream in, boolean byteOrderMark)
      throws IOException {
    file = path.toString();
    separator = format.separator();
    rows = new DelimitedRows(new RowBuffer(in), separator);
    Row header = rows.next();
    if (header == null) {
      throw new ImportException(file + ": the file is empty; a header line is needed");
    }
    List<String> all = names(header);
    rows.expectWidth(all.size());
    marked =
        all.size() > MARKS
            && all.subList(all.size() - MARKS, all.size()).equals(RejectMark.COLUMNS);
    names = marked ? all.subList(0, all.size() - MARKS) : all;
    columns = new LinkedHashSet<>(names);
    columns.remove("");
    String raw = marked ? header.beginning(names.size()) : header.raw();
    layout = new Layout(format, (byteOrderMark ? RawText.BYTE_ORDER_MARK : "") + raw);
  }

  /** The names of the file's columns. */
  List<String> columns() {
    return List.copyOf(columns);
  }

  private List<String> names(Row header) {
    if (header.damage() != null) {
      throw new ImportException(
          "%s: line %d, the header: %s".formatted(file, header.line(), header.damage()));
    }
    if (header.raw().indexOf('\0') >= 0) {
      throw utf16(Path.of(file));
    }
    List<String> names = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String value : header.values()) {
      String name =
          RawText.decode(value)
              .orElseThrow(() ->
                  new ImportException(file + ": the header is not UTF-8; save the file as UTF-8"))
              .strip();
      if (!name.isEmpty() && !seen.add(name)) {
        throw new ImportException(
            "%s: two columns of the header have the same name: %s".formatted(file, name));
      }
      names.add(name);
    }
    return names;
  }

  static ImportException utf16(Path file) {
    return new ImportException(
        file
            + ": the file is not UTF-8 but seems to be UTF-16; save it as UTF-8 (in Excel: CSV UTF-8)");
  }

  void read(Consumer<SourceRecord> sink) throws IOException {
    for (Row row = rows.next(); row != null; row = rows.next()) {
      sink.accept(record(row));
    }
  }

  private SourceRecord record(Row row) {
    Row plain = marked ? withoutMark(row) : row;
    String damage = plain.damage() != null ? plain.damage() : damage(plain);
    Map<String, String> fields = new HashMap<>();
    List<String> identity = new ArrayList<>();
    for (int i = 0; damage == null && i < plain.values().size(); i++) {
      Optional<String> value = RawText.decode(plain.values().get(i));
      if (value.isEmpty()) {
        damage = "not UTF-8";
      } else {
        identity.add(value.get());
        if (i < names.size() && !value.get().isEmpty()) {
          fields.put(names.get(i), value.get());
        }
      }
    }
    return new SourceRecord(
        file,
        layout,
        plain.line(),
        columns,
        fields,
        String.join(String.valueOf(separator), identity),
        plain.raw(),
        marked,
        damage);
  }

  private @Nullable String damage(Row row) {
    List<String> values = row.values();
    if (row.raw().indexOf('\0') >= 0) {
      return "holds a NUL character";
    }
    int needed = names.size();
    while (needed > 0 && names.get(needed - 1).isEmpty()) {
      needed--; // a spreadsheet's empty columns
    }
    boolean more =
        values.size() > names.size()
            && values.subList(names.size(), values.size()).stream().anyMatch(v -> !v.isBlank());
    if (values.size() < needed || more) {
      return "%d fields where the header has %d".formatted(values.size(), names.size());
    }
    for (int i = 0; i < Math.min(names.size(), values.size()); i++) {
      if (names.get(i).isEmpty() && !values.get(i).isBlank()) {
        return "there is a value in column %d, which has no name".formatted(i + 1);
      }
    }
    return null;
  }

  /** The original row of a reject file, even if a spreadsheet has rewritten the file. */
  private Row withoutMark(Row row) {
    String raw = RejectMark.remove(row.raw(), separator);
    int size = row.values().size();
    if (raw.length() < row.raw().length()) {
      List<String> values = size < MARKS ? List.of() : row.values().subList(0, size - MARKS);
      return new Row(row.line(), values, row.starts(), raw, row.damage());
    }
    if (row.damage() != null || size < names.size() + MARKS) {
      return row;
    }
    List<String> mark = row.values().subList(names.size(), names.size() + MARKS);
    boolean whole = DIGITS.matcher(mark.get(1)).matches() && !mark.get(2).isBlank();
    return new Row(
        row.line(),
        row.values().subList(0, names.size()),
        row.starts(),
        row.beginning(names.size()),
        whole ? null : "the columns rejected_... do not say why the row was rejected; remove them");
  }
}
