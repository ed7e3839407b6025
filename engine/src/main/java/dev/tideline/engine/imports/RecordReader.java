package dev.tideline.engine.imports;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Reads the records of a file, one after another, in memory that does not grow with the file. */
final class RecordReader {

  private static final int PROGRESS_BYTES = 1 << 16;

  private final Path file;
  private final LongConsumer progress;

  /**
   * A reader of one file.
   *
   * @param progress receives how many bytes of the file on disk have been read
   */
  RecordReader(Path file, LongConsumer progress) {
    this.file = file;
    this.progress = progress;
  }

  private interface Reading<T> {
    T of(InputStream in, boolean byteOrderMark) throws IOException;
  }

  /**
   * Passes every record to the sink.
   *
   * @throws ImportException if the file cannot be read to its end, or has no header
   */
  void read(Consumer<SourceRecord> sink) {
    ImportFormat format = ImportFormat.of(file);
    open((in, mark) -> {
      switch (format) {
        case CSV, TSV -> new DelimitedFile(file, format, in, mark).read(sink);
        case JSONL -> new JsonLines(file, in).read(sink);
      }
      return true;
    });
  }

  /**
   * The names of the columns; empty for JSON lines, where each record has its own.
   *
   * @throws ImportException if the file cannot be read, or has no header
   */
  Optional<List<String>> columns() {
    ImportFormat format = ImportFormat.of(file);
    return format == ImportFormat.JSONL
        ? Optional.empty()
        : open((in, mark) -> Optional.of(new DelimitedFile(file, format, in, mark).columns()));
  }

  private <T> T open(Reading<T> reading) {
    try (InputStream in = unpacked()) {
      in.mark(3);
      String beginning = new String(in.readNBytes(3), StandardCharsets.ISO_8859_1);
      if (beginning.startsWith("\u00ff\u00fe") || beginning.startsWith("\u00fe\u00ff")) {
        throw DelimitedFile.utf16(file);
      }
      boolean mark = beginning.equals(RawText.BYTE_ORDER_MARK);
      if (!mark) {
        in.reset();
      }
      return reading.of(in, mark);
    } catch (IOException e) {
      throw new ImportException(
          "cannot read %s to its end; nothing was imported: %s".formatted(file, e.getMessage()), e);
    }
  }

  private InputStream unpacked() throws IOException {
    InputStream in = new BufferedInputStream(new Counting(Files.newInputStream(file)), 1 << 16);
    in.mark(2);
    boolean packed = GzipStream.isGzip(in.read(), in.read());
    in.reset();
    return packed ? new BufferedInputStream(new GzipStream(in), 1 << 16) : in;
  }

  private final class Counting extends FilterInputStream {
    private long bytes;
    private long told;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      count(Math.max(0, read));
      return read;
    }

    private void count(int read) {
      bytes += read;
      if (bytes - told >= PROGRESS_BYTES || read == 0) {
        told = bytes;
        progress.accept(bytes);
      }
    }
  }
}
