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
 * The folder in which a fleet keeps everything: databases, logs, secrets that only the owner can
 * read, and the marks by which a second supervisor sees that there is one already.
 */
public final class DataDirectory implements AutoCloseable {

  private static final int SECRET_BYTES = 24;

  /** Shorter ones are taken for torn files, not for secrets. */
  private static final int SECRET_LENGTH_MIN = 16;

  private static final Pattern SECRET = Pattern.compile("[\\x21-\\x7e]+");
  private static final int PORT_MAX = 65_535;

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
   * Makes this process the directory's only supervisor; the system takes the mark away when the
   * process ends, however it ends.
   *
   * @return whether there was none
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
   * The secret of that name, made at random the first time.
   *
   * @throws ServerException if the file holds none, as after a crash or with a full disk
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
            "%s holds no secret: %d characters, or more, without blanks are needed. Put it back, or remove the file, and a new one is made"
                .formatted(file, SECRET_LENGTH_MIN));
      }
      return secret;
    } catch (IOException e) {
      throw new ServerException("cannot keep the secret " + file + ": " + e, e);
    }
  }

  /** The file that holds a secret. */
  public Path secretFile(String name) {
    return secrets().resolve(name);
  }

  public static final String REDIS_PASSWORD = "redis-password";
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

  /** Passwords of Redis, made the first time. */
  public RedisServer.Access redisAccess() {
    return new RedisServer.Access(secret(REDIS_PASSWORD), secret("redis-admin-password"));
  }

  /**
   * Ports given the last time, by name; whoever keeps a client open finds the servers where they
   * were. What is torn is forgotten: others are chosen.
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

  /** Gives up being the supervisor. */
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
