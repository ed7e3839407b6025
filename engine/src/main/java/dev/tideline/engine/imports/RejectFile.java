package dev.tideline.engine.imports;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Rows that could not be taken, as CSV: file, line, reason, message, record. Made when the first
 * one comes.
 */
final class RejectFile implements AutoCloseable {

  private final Path path;
  private final Map<String, Long> counts = new TreeMap<>();
  private @Nullable CsvWriter writer;

  RejectFile(Path path) {
    this.path = path;
  }

  void add(String file, long line, String reason, String message, String record) {
    counts.merge(reason, 1L, Long::sum);
    writer().writeRecord(file, Long.toString(line), reason, message, record);
  }

  private CsvWriter writer() {
    CsvWriter open = writer;
    if (open == null) {
      try {
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
          Files.createDirectories(folder);
        }
        open = CsvWriter.builder().build(path);
      } catch (IOException e) {
        throw new ImportException("cannot write the rejects to " + path + ": " + e, e);
      }
      open.writeRecord("file", "line", "reason", "message", "record");
      writer = open;
    }
    return open;
  }

  Map<String, Long> counts() {
    return counts;
  }

  @Override
  public void close() {
    try {
      if (writer != null) {
        writer.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
