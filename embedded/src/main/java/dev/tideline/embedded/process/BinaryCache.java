package dev.tideline.embedded.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A folder of unpacked server binaries. Each version is unpacked once. */
public record BinaryCache(Path root) {

  /** Puts the unpacked files into an empty folder. */
  @FunctionalInterface
  public interface Unpacker {
    void unpack(Path folder) throws IOException;
  }

  /** The user's cache folder, by the conventions of the operating system. */
  public static BinaryCache ofUser(Map<String, String> environment) {
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path home = Path.of(System.getProperty("user.home"));
    Path caches =
        !xdg.isEmpty()
            ? Path.of(xdg)
            : System.getProperty("os.name").startsWith("Mac")
                ? home.resolve("Library/Caches")
                : home.resolve(".cache");
    return new BinaryCache(caches.resolve("tideline"));
  }

  /**
   * Returns the folder of that name and unpacks it first if it does not exist. Several processes
   * may call this at the same time.
   */
  public Path folder(String name, Unpacker unpacker) {
    Path folder = root.resolve(name);
    if (Files.isDirectory(folder)) {
      return folder;
    }
    try {
      Files.createDirectories(root);
      Path partial = Files.createTempDirectory(root, name + ".partial-");
      Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rwxr-xr-x"));
      try {
        unpacker.unpack(partial);
        Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        delete(partial);
        // Systems report differently that another process created the folder first.
        if (!Files.isDirectory(folder)) {
          throw e;
        }
      }
      return folder;
    } catch (IOException e) {
      throw new ServerException("cannot unpack " + name + " to " + root + ": " + e.getMessage(), e);
    }
  }

  /** Deletes a directory tree, if it exists. */
  public static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> walk = Files.walk(tree)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }
}
