package dev.tideline.embedded.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Small files with the state of a fleet. After a crash, a file contains either the old text or the
 * new text. Only the owner can read it.
 */
public final class StateFile {

  /** No state file is longer; a longer file was not written by this program. */
  private static final int BYTES_MAX = 1 << 16;

  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");

  private StateFile() {}

  /**
   * Replaces a file atomically.
   *
   * @throws IOException if the file cannot be written; an error while writing leaves the old file
   *     unchanged
   */
  public static void write(Path file, String text) throws IOException {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    Path fresh =
        Files.createTempFile(
            folder, file.getFileName() + ".", ".new", PosixFilePermissions.asFileAttribute(OWNER));
    try {
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
    try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
      entries.force(true); // otherwise a crash may undo the rename
    }
  }

  /**
   * Reads a file. Bytes that are not valid UTF-8 are replaced.
   *
   * @return empty if there is no such regular file, or it is too long to be a state file
   * @throws IOException if the file exists and cannot be read
   */
  public static Optional<String> read(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > BYTES_MAX) {
      return Optional.empty();
    }
    return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
  }
}
