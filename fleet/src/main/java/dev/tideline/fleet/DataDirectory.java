package dev.tideline.fleet;

import dev.tideline.fleet.postgres.Credentials;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which a fleet keeps everything: databases, logs, secrets that only the owner can
 * read, and the marks by which a second supervisor sees that there is one already.
 */
public final class DataDirectory implements AutoCloseable {

  private static final int SECRET_BYTES = 24;

  private final Path root;
  private @Nullable FileChannel lockChannel;

  private DataDirectory(Path root) {
    this.root = root;
  }

  /** The directory at a path, made if need be. */
  public static DataDirectory open(Path path) {
    DataDirectory directory = new DataDirectory(path.toAbsolutePath().normalize());
    try {
      Files.createDirectories(directory.root);
      // Others may pass through, to what is theirs; not look around.
      Files.setPosixFilePermissions(directory.root, PosixFilePermissions.fromString("rwx--x--x"));
      for (Path folder :
          new Path[] {
            directory.logs(), directory.pids(), directory.postgres(), directory.secrets()
          }) {
        Files.createDirectories(folder);
      }
      Files.setPosixFilePermissions(
          directory.secrets(), PosixFilePermissions.fromString("rwx------"));
      return directory;
    } catch (IOException e) {
      throw new FleetException("cannot use the data directory " + path + ": " + e, e);
    }
  }

  /** The directory at a path if a fleet has used it before. */
  public static Optional<DataDirectory> find(Path path) {
    Path root = path.toAbsolutePath().normalize();
    return Files.isDirectory(root.resolve("run"))
        ? Optional.of(new DataDirectory(root))
        : Optional.empty();
  }

  public Path root() {
    return root;
  }

  public Path logs() {
    return root.resolve("log");
  }

  Path pids() {
    return root.resolve("run");
  }

  Path postgres() {
    return root.resolve("postgres");
  }

  Path redis() {
    return root.resolve("redis");
  }

  Path nginx() {
    return root.resolve("nginx");
  }

  private Path secrets() {
    return root.resolve("secrets");
  }

  Path supervisorFile() {
    return pids().resolve("supervisor.json");
  }

  /**
   * Makes this process the directory's only supervisor; the system takes the mark away when the
   * process ends, however it ends.
   *
   * @return whether there was none
   */
  public boolean tryLock() {
    try {
      FileChannel channel =
          FileChannel.open(
              pids().resolve("supervisor.lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        return false;
      }
      lockChannel = channel;
      return true;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      throw new FleetException("cannot lock " + root, e);
    }
  }

  /** The secret of that name, made at random the first time. */
  public String secret(String name) {
    Path file = secretFile(name);
    try {
      if (!Files.exists(file)) {
        byte[] random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        Path fresh =
            Files.createTempFile(
                secrets(),
                name,
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, Base64.getUrlEncoder().withoutPadding().encodeToString(random));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      }
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new FleetException("cannot keep the secret " + file, e);
    }
  }

  /** The file that holds a secret. */
  public Path secretFile(String name) {
    return secrets().resolve(name);
  }

  public static final String ADMIN_TOKEN = "admin-token";
  public static final String TOKEN_KEY = "token-key";
  public static final String DATABASE_PASSWORD = "database-password";

  /** Passwords of the databases' roles, made the first time. */
  public Credentials credentials() {
    return new Credentials(
        secret("database-admin-password"),
        secret(DATABASE_PASSWORD),
        secret("database-replication-password"));
  }

  /**
   * Ports given the last time, by name; whoever keeps a client open finds the servers where they
   * were.
   */
  Properties ports() {
    Properties ports = new Properties();
    Path file = pids().resolve("ports.properties");
    if (Files.exists(file)) {
      try (var reader = Files.newBufferedReader(file)) {
        ports.load(reader);
      } catch (IOException e) {
        throw new FleetException("cannot read " + file, e);
      }
    }
    return ports;
  }

  void keepPorts(Properties ports) {
    Path file = pids().resolve("ports.properties");
    try (var writer = Files.newBufferedWriter(file)) {
      ports.store(writer, null);
    } catch (IOException e) {
      throw new FleetException("cannot write " + file, e);
    }
  }

  /** Gives up being the supervisor. */
  @Override
  public void close() {
    try {
      if (lockChannel != null) {
        lockChannel.close();
      }
    } catch (IOException e) {
      throw new FleetException("cannot unlock " + root, e);
    }
  }
}
