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
 * Small files in which a fleet remembers something: after a crash they hold the old text or the new
 * one, and only their owner can read them.
 */
public final class StateFile {

  /** More than any of them has; what is longer is not ours. */
  private static final int BYTES_MAX = 1 << 16;

  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");

  private StateFile() {}

  /**
   * Replaces a file in one step.
   *
   * @throws IOException if it cannot be; then it is as it was
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
      entries.force(true); // or the new name may be gone after a crash
    }
  }

  /**
   * What a file holds, whatever that is; bytes that are no text are replaced.
   *
   * @return empty if there is no such file, or what has its name is no file of ours
   * @throws IOException if there is one and it cannot be read
   */
  public static Optional<String> read(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > BYTES_MAX) {
      return Optional.empty();
    }
    return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
  }
}
