package dev.tideline.fleet.redis;

import dev.tideline.fleet.BinaryCache;
import dev.tideline.fleet.FleetException;
import dev.tideline.fleet.process.ServerProcess;
import dev.tideline.fleet.process.ServerProcess.StopSignal;
import dev.tideline.fleet.process.Supervised;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** A Redis on loopback, from the binaries of embedded-redis, kept running until {@link #close}. */
public final class RedisServer implements AutoCloseable {

  private static final int PROBE_TIMEOUT_MILLIS = 500;

  private final int port;
  private final Supervised process;

  public RedisServer(Path data, Path logs, Path pids, int port, BinaryCache binaries) {
    this.port = port;
    try {
      Files.createDirectories(data);
      // Sessions are nobody else's business.
      Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
      Path config = data.resolve("redis.conf");
      Files.write(config, settings(data, port));
      this.process =
          new Supervised(
              new ServerProcess(
                  "redis",
                  List.of(program(binaries).toString(), config.toString()),
                  Map.of(),
                  data,
                  logs.resolve("redis.log"),
                  pids.resolve("redis.pid"),
                  StopSignal.TERM,
                  () -> answers(port)));
    } catch (IOException e) {
      throw new FleetException("cannot configure Redis in " + data, e);
    }
  }

  private static List<String> settings(Path data, int port) {
    return List.of(
        "bind 127.0.0.1",
        "port " + port,
        "dir \"" + data + "\"",
        "daemonize no",
        "set-proc-title no", // the command line names the data directory, by which the guard knows
        // it
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
                  throw new FleetException("no Redis binary for this platform: " + binary);
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

  private static boolean answers(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PROBE_TIMEOUT_MILLIS);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(5);
      return new String(answer, StandardCharsets.US_ASCII).equals("+PONG");
    } catch (IOException e) {
      return false;
    }
  }

  public void start() throws InterruptedException {
    process.start();
  }

  public int port() {
    return port;
  }

  /** Its process id, or -1 while it is away. */
  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.close();
  }
}
