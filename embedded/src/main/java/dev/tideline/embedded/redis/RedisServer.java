package dev.tideline.embedded.redis;

import dev.tideline.embedded.process.BinaryCache;
import dev.tideline.embedded.process.ServerException;
import dev.tideline.embedded.process.ServerProcess;
import dev.tideline.embedded.process.ServerProcess.StopSignal;
import dev.tideline.embedded.process.StateFile;
import dev.tideline.embedded.process.SupervisedServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A Redis server on loopback that uses the binaries of embedded-redis and is kept running until
 * {@link #close}.
 *
 * <p>Every user of the machine can reach loopback, so every command requires a password. The
 * application's user may read and write data; it may not use commands that read or write files,
 * load code or show settings.
 */
public final class RedisServer implements AutoCloseable {

  /** The user that may run every command. */
  public static final String ADMIN = "tideline_admin";

  private static final String HOST = "127.0.0.1";
  private static final int PROBE_TIMEOUT_MILLIS = 500;

  /**
   * The passwords of the two users.
   *
   * @param application password of Redis' default user, which instances connect as
   * @param admin password of {@link #ADMIN}
   */
  public record Access(String application, String admin) {
    @Override
    public String toString() {
      return "Access[hidden]";
    }
  }

  private final int port;
  private final Access access;
  private final SupervisedServer process;

  public RedisServer(
      Path data, Path logs, Path pids, int port, BinaryCache binaries, Access access) {
    this.port = port;
    this.access = access;
    try {
      Files.createDirectories(data);
      // Sessions are private to this user.
      Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
      Path config = data.resolve("redis.conf");
      StateFile.write(config, String.join("\n", settings(data, port, access)) + "\n");
      this.process =
          new SupervisedServer(
              new ServerProcess(
                  "redis",
                  List.of(program(binaries).toString(), config.toString()),
                  Map.of(),
                  data,
                  logs.resolve("redis.log"),
                  pids.resolve("redis.pid"),
                  StopSignal.TERM,
                  () -> answers(port, access.application())));
    } catch (IOException e) {
      throw new ServerException("cannot configure Redis in " + data, e);
    }
  }

  /** Passwords are stored as hashes and never put on the command line, which every user can see. */
  private static List<String> settings(Path data, int port, Access access) {
    return List.of(
        "bind " + HOST,
        "protected-mode yes",
        "user default on #" + sha256(access.application()) + " ~* &* +@all -@admin -@dangerous",
        "user " + ADMIN + " on #" + sha256(access.admin()) + " ~* &* +@all",
        "port " + port,
        "dir \"" + data + "\"",
        "daemonize no",
        // the guard recognises the process by the data directory in its command line
        "set-proc-title no",
        "appendonly yes",
        "appendfsync everysec",
        "save \"\"",
        "maxmemory 256mb",
        "maxmemory-policy allkeys-lru");
  }

  private static Path program(BinaryCache cache) {
    String os = System.getProperty("os.name").startsWith("Mac") ? "darwin" : "linux";
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    String binary =
        arm && os.equals("linux")
            ? "redis-server-6.2.7-linux-arm64"
            : "redis-server-6.2.6-v5-" + os + (arm ? "-arm64" : "-amd64");
    return cache
        .folder(
            binary,
            folder -> {
              try (InputStream in = RedisServer.class.getResourceAsStream("/" + binary)) {
                if (in == null) {
                  throw new ServerException("no Redis binary for this platform: " + binary);
                }
                Path target = folder.resolve("redis-server");
                Files.copy(in, target);
                if (!target.toFile().setExecutable(true, false)) {
                  throw new IOException("cannot make executable: " + target);
                }
              }
            })
        .resolve("redis-server");
  }

  private static String sha256(String password) {
    try {
      byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java runtime provides SHA-256
    }
  }

  private static boolean answers(int port, String password) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PROBE_TIMEOUT_MILLIS);
      byte[] secret = password.getBytes(StandardCharsets.UTF_8);
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes(ascii("*2\r\n$4\r\nAUTH\r\n$" + secret.length + "\r\n"));
      request.writeBytes(secret);
      request.writeBytes(ascii("\r\nPING\r\n"));
      socket.getOutputStream().write(request.toByteArray());
      byte[] wanted = ascii("+OK\r\n+PONG");
      return Arrays.equals(socket.getInputStream().readNBytes(wanted.length), wanted);
    } catch (IOException e) {
      return false;
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  public void start() throws InterruptedException {
    process.start();
  }

  public int port() {
    return port;
  }

  /** The server's URL with the application's password. Keep it secret. */
  public String url() {
    return "redis://:" + encoded(access.application()) + "@" + HOST + ":" + port;
  }

  /** The server's URL with the administrator's password. Keep it secret. */
  public String adminUrl() {
    return "redis://" + ADMIN + ":" + encoded(access.admin()) + "@" + HOST + ":" + port;
  }

  private static String encoded(String password) {
    return URLEncoder.encode(password, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The process id, or -1 while the server is not running. */
  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.close();
  }
}
