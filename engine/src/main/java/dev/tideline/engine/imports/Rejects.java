package dev.tideline.engine.imports;

import dev.tideline.engine.imports.SourceRecord.Layout;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes rejected rows, unchanged but for their {@link RejectMark}, to files that can be imported
 * again. A file is created for its first row. By default it is beside the input file. If a file was
 * named, rows of inputs with other columns go to {@code NAME-2}, {@code NAME-3} and so on beside
 * it.
 */
final class Rejects implements AutoCloseable {

  /** The most reject files of one import, which are all open at the same time. */
  private static final int FILES_MAX = 1_000;

  private final @Nullable Path given;
  private final List<Path> inputs;
  private final Map<String, Layout> layouts = new HashMap<>();
  private final Map<Path, Layout> written = new LinkedHashMap<>();
  private final Map<Path, Writer> writers = new HashMap<>();
  private final Map<String, Long> counts = new TreeMap<>();

  /**
   * Rejects of an import.
   *
   * @param given a file or a folder for them, or null for beside each input
   * @throws ImportException if a reject file would replace an input
   */
  Rejects(@Nullable Path given, List<Path> inputs) {
    this.given = given;
    this.inputs = inputs;
    for (Path input : inputs) {
      refuseInput(place(new Layout(ImportFormat.of(input), ""), input));
    }
  }

  private void refuseInput(Path path) {
    if (inputs.stream().anyMatch(input -> isSame(path, input))) {
      throw new ImportException(
          "%s is an input file and would also be the file of rejected rows: choose another with --rejects FILE"
              .formatted(path));
    }
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other);
    } catch (IOException e) {
      return false;
    }
  }

  /** Discards all rejects, because the import starts again. */
  void clear() {
    close();
    counts.clear();
    written.clear();
  }

  /** Records the layout of a file, for rows that are rejected later. */
  void read(SourceRecord record) {
    layouts.put(record.file(), record.layout());
  }

  /** Rejects a row that was read. */
  void add(SourceRecord record, String reason, String message) {
    RejectMark mark = new RejectMark(record.file(), record.line(), reason, message);
    add(record.layout(), record.raw(), mark);
  }

  /** Rejects a row that was read earlier. */
  void add(String raw, RejectMark mark) {
    Layout layout = layouts.get(mark.file());
    if (layout == null) {
      throw new IllegalStateException("no row of " + mark.file() + " was read");
    }
    add(layout, raw, mark);
  }

  private void add(Layout layout, String raw, RejectMark mark) {
    counts.merge(mark.reason(), 1L, Long::sum);
    Path path = place(layout, Path.of(mark.file()));
    try {
      Writer writer = writers.get(path);
      if (writer == null) {
        writer = open(path, layout);
        writers.put(path, writer);
      }
      writer.write(
          layout.format() == ImportFormat.JSONL
              ? mark.addTo(raw)
              : mark.addTo(raw, layout.format().separator()));
      writer.write('\n');
    } catch (IOException e) {
      throw cannotWrite(path, e);
    }
  }

  private Path place(Layout layout, Path input) {
    String name = input.getFileName() + ".rejects" + layout.format().ending();
    if (given == null) {
      return input.toAbsolutePath().normalize().resolveSibling(name);
    }
    if (Files.isDirectory(given)) {
      return given.resolve(name);
    }
    Path path = given;
    for (int i = 2; !written.getOrDefault(path, layout).equals(layout); i++) {
      path = numbered(given, i);
    }
    return path;
  }

  private static Path numbered(Path path, int number) {
    String name = String.valueOf(path.getFileName());
    int dot = name.indexOf('.', 1);
    int end = dot < 0 ? name.length() : dot;
    return path.resolveSibling(name.substring(0, end) + "-" + number + name.substring(end));
  }

  private Writer open(Path path, Layout layout) throws IOException {
    if (written.size() == FILES_MAX) {
      throw new ImportException("more than %d files have rejected rows".formatted(FILES_MAX));
    }
    refuseInput(path);
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null && given != null) {
      Files.createDirectories(folder);
    }
    BufferedWriter writer = Files.newBufferedWriter(path, StandardCharsets.ISO_8859_1);
    written.put(path, layout);
    if (layout.format() != ImportFormat.JSONL) {
      String separator = String.valueOf(layout.format().separator());
      writer.write(layout.header() + separator + String.join(separator, RejectMark.COLUMNS) + '\n');
    }
    return writer;
  }

  private static ImportException cannotWrite(Path path, IOException cause) {
    return new ImportException(
        "cannot write the rejected rows to %s (%s); nothing was imported. Choose another file with --rejects FILE"
            .formatted(path, cause),
        cause);
  }

  /** The number of rejected rows by reason. */
  Map<String, Long> counts() {
    return counts;
  }

  /** The files that have rejected rows. */
  List<Path> files() {
    return List.copyOf(written.keySet());
  }

  /** Folders of input files in which rejected rows cannot be written. */
  static List<Path> unwritableFolders(List<Path> inputs, @Nullable Path given) {
    List<Path> folders = new ArrayList<>();
    for (Path input : given == null ? inputs : List.<Path>of()) {
      Path folder = input.toAbsolutePath().getParent();
      if (folder != null && !Files.isWritable(folder) && !folders.contains(folder)) {
        folders.add(folder);
      }
    }
    return folders;
  }

  /**
   * Writes all remaining rows to disk.
   *
   * @throws ImportException if the rows cannot be written
   */
  @Override
  public void close() {
    for (Map.Entry<Path, Writer> open : writers.entrySet()) {
      try {
        open.getValue().close();
      } catch (IOException e) {
        throw cannotWrite(open.getKey(), e);
      }
    }
    writers.clear();
  }
}
