package dev.tideline.fleet.balancer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A file of lines with rotation. When the file reaches its size limit it is renamed to {@code .1},
 * an existing {@code .1} to {@code .2}, and so on; the oldest file is deleted. Not thread-safe.
 */
final class RotatingFile {

  static final long BYTES_MAX = 16L << 20;
  static final int SET_ASIDE_MAX = 3;

  private final Path file;
  private final long bytesMax;

  RotatingFile(Path file) {
    this(file, BYTES_MAX);
  }

  RotatingFile(Path file, long bytesMax) {
    this.file = file;
    this.bytesMax = bytesMax;
  }

  void append(List<String> lines) throws IOException {
    byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    if (Files.exists(file) && Files.size(file) + bytes.length > bytesMax) {
      setAside();
    }
    Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void setAside() throws IOException {
    for (int i = SET_ASIDE_MAX - 1; i > 0; i--) {
      if (Files.exists(numbered(i))) {
        Files.move(numbered(i), numbered(i + 1), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.move(file, numbered(1), StandardCopyOption.REPLACE_EXISTING);
  }

  private Path numbered(int number) {
    return file.resolveSibling(file.getFileName() + "." + number);
  }
}
