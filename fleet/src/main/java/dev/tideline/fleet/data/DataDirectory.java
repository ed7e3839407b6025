package dev.tideline.fleet.data;

import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.embedded.process.ServerException;
import dev.tideline.embedded.process.StateFile;
import dev.tideline.embedded.redis.RedisServer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The directory with all data of a fleet: databases, logs, secrets that only the owner can read,
 * and the lock that prevents a second supervisor.
 */
public final class DataDirectory implements AutoCloseable {

  private static final int SECRET_BYTES = 24;

  /** A shorter content is treated as a damaged file. */
  private static final int SECRET_LENGTH_MIN = 16;

  private static final Pattern SECRET = Pattern.compile("[\\x21-\\x7e]+");
  private static final int PORT_MAX = 65_535;

  private final Path root;
  private @Nullable FileChannel lockChannel;

  private DataDirectory(Path root) {
    this.root = root;
  }

  /** Opens the data directory at a path, and creates it if it does not exist. */
  public static DataDirectory open(Path path) {
    DataDirectory directory = new DataDirectory(path.toAbsolutePath().normalize());
    try {
      Files.createDirectories(directory.root);
      // Other users may enter the directory to reach their own files, but not list it.
      for (Path folder : List.of(directory.root, directory.pids(), directory.postgres())) {
        make(folder, "rwx--x--x");
      }
      for (Path folder : List.of(directory.logs(), directory.secrets(), directory.nginx())) {
        make(folder, "rwx------");
      }
      return directory;
    } catch (IOException e) {
      throw new ServerException("cannot use the data directory " + path + ": " + e, e);
    }
  }

  private static void make(Path folder, String permissions) throws IOException {
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
  }

  /** The data directory at a path; empty if no fleet has used the path before. */
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

  public Path pids() {
    return root.resolve("run");
  }

  public Path postgres() {
    return root.resolve("postgres");
  }

  public Path redis() {
    return root.resolve("redis");
  }

  public Path nginx() {
    return root.resolve("nginx");
  }

  private Path secrets() {
    return root.resolve("secrets");
  }

  public Path supervisorFile() {
    return pids().resolve("supervisor.json");
  }

  public Path lockFile() {
    return pids().resolve("supervisor.lock");
  }

  /**
   * Locks the directory for this process as its only supervisor. The operating system releases the
   * lock when the process ends.
   *
   * @return whether the lock was acquired
   */
  public boolean tryLock() {
    try {
      FileChannel channel =
          FileChannel.open(lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
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
      throw new ServerException("cannot lock " + lockFile() + ": " + e, e);
    }
  }

  /**
   * The secret of that name, generated at random on first use.
   *
   * @throws ServerException if the file does not contain a valid secret, for example after a crash
   *     or on a full disk
   */
  public String secret(String name) {
    Path file = secretFile(name);
    try {
      if (!Files.exists(file)) {
        byte[] random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        StateFile.write(file, Base64.getUrlEncoder().withoutPadding().encodeToString(random));
      }
      String secret = StateFile.read(file).orElse("").strip();
      if (secret.length() < SECRET_LENGTH_MIN || !SECRET.matcher(secret).matches()) {
        throw new ServerException(
            "%s contains no valid secret: at least %d characters without blanks are required. Restore the file, or delete it to generate a new secret"
                .formatted(file, SECRET_LENGTH_MIN));
      }
      return secret;
    } catch (IOException e) {
      throw new ServerException("cannot read or create the secret " + file + ": " + e, e);
    }
  }

  /** The file that contains a secret. */
  public Path secretFile(String name) {
    return secrets().resolve(name);
  }

  public static final String REDIS_PASSWORD = "redis-password";
  public static final String ADMIN_TOKEN = "admin-token";
  public static final String TOKEN_KEY = "token-key";
  public static final String DATABASE_PASSWORD = "database-password";

  /** Passwords of the database roles, generated on first use. */
  public Credentials credentials() {
    return new Credentials(
        secret("database-admin-password"),
        secret(DATABASE_PASSWORD),
        secret("database-replication-password"));
  }

  /** Passwords of Redis, generated on first use. */
  public RedisServer.Access redisAccess() {
    return new RedisServer.Access(secret(REDIS_PASSWORD), secret("redis-admin-password"));
  }

  /**
   * The ports of the last run, by server name. They are reused so that open clients can reconnect.
   * Invalid lines are ignored, and new ports are chosen.
   */
  public Map<String, Integer> ports() {
    Map<String, Integer> ports = new HashMap<>();
    for (String line : portLines()) {
      int equals = line.indexOf('=');
      String digits = line.substring(equals + 1).strip();
      if (equals > 0 && digits.matches("[1-9][0-9]{0,4}")) {
        int port = Integer.parseInt(digits);
        if (port <= PORT_MAX) {
          ports.put(line.substring(0, equals).strip(), port);
        }
      }
    }
    return ports;
  }

  private List<String> portLines() {
    try {
      return StateFile.read(portFile()).orElse("").lines().toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  public void keepPorts(Map<String, Integer> ports) {
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(ports).forEach((name, port) -> lines.append(name + "=" + port + "\n"));
    try {
      StateFile.write(portFile(), lines.toString());
    } catch (IOException e) {
      throw new ServerException("cannot write " + portFile() + ": " + e, e);
    }
  }

  private Path portFile() {
    return pids().resolve("ports.properties");
  }

  /** Releases the lock. */
  @Override
  public void close() {
    try {
      if (lockChannel != null) {
        lockChannel.close();
      }
    } catch (IOException e) {
      throw new ServerException("cannot unlock " + root, e);
    }
  }
}
