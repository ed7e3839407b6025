package dev.tideline.cli;

import dev.tideline.engine.imports.GzipStream;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a file, packed by gzip or not. Of a long line only the beginning is kept, so that memory
 * is bounded whatever the file. Line ends are LF, CRLF or CR. Not thread-safe.
 */
final class LineSource implements AutoCloseable {

  static final int LINE_MAX = 1 << 16;

  private final Reader reader;
  private int next;

  private LineSource(Reader reader) throws IOException {
    this.reader = reader;
    this.next = reader.read();
  }

  static LineSource open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      in.mark(2);
      boolean packed = GzipStream.isGzip(in.read(), in.read());
      in.reset();
      InputStream plain = packed ? new GzipStream(in) : in;
      return new LineSource(
          new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8), 1 << 16));
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /** The lines, each once. A failure to read is an {@link UncheckedIOException}. */
  Stream<String> stream() {
    return Stream.generate(this::line).takeWhile(line -> line != null).map(String::valueOf);
  }

  private @Nullable String line() {
    try {
      return next < 0 ? null : read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String read() throws IOException {
    StringBuilder line = new StringBuilder();
    for (; next >= 0 && next != '\n' && next != '\r'; next = reader.read()) {
      if (line.length() < LINE_MAX) {
        line.append((char) next);
      }
    }
    int end = next;
    next = end < 0 ? end : reader.read();
    if (end == '\r' && next == '\n') {
      next = reader.read();
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
