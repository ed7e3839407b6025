package dev.tideline.embedded;

import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.embedded.postgres.PostgresCluster;
import dev.tideline.embedded.process.BinaryCache;
import dev.tideline.embedded.process.Guard;
import dev.tideline.embedded.process.Ports;
import dev.tideline.embedded.process.ServerUser;
import dev.tideline.embedded.redis.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Real databases for tests, in a temporary folder, gone with {@link #close} and with the test's
 * JVM.
 */
public final class TestDatabases implements AutoCloseable {

  private final Path root;
  private final Guard guard;
  private final PostgresCluster postgres;
  private final Ports ports = new Ports();

  private TestDatabases(int replicas, ServerUser user) {
    try {
      root = Files.createTempDirectory("tideline-test-").toRealPath();
      Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx--x--x"));
      Files.createDirectories(logs());
      Files.createDirectories(pids());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    guard = Guard.start(pids(), root);
    List<Integer> chosen = IntStream.rangeClosed(0, replicas).mapToObj(i -> ports.free()).toList();
    postgres =
        new PostgresCluster(
            new PostgresCluster.Layout(root.resolve("postgres"), logs(), pids(), chosen),
            BinaryCache.ofUser(System.getenv()),
            user,
            new Credentials("admin-secret", "app-secret", "replication-secret"));
  }

  /** A primary with an empty database, and so many replicas. */
  public static TestDatabases start(int replicas) throws InterruptedException {
    TestDatabases databases = prepare(replicas, ServerUser.detect());
    databases.postgres().startPrimary();
    databases.postgres().startReplicas();
    return databases;
  }

  /** The same, not yet started. */
  public static TestDatabases prepare(int replicas, ServerUser user) {
    return new TestDatabases(replicas, user);
  }

  public PostgresCluster postgres() {
    return postgres;
  }

  /** A Redis in the same folder, started; the caller closes it. */
  public RedisServer startRedis() throws InterruptedException {
    RedisServer redis =
        new RedisServer(
            root.resolve("redis"),
            logs(),
            pids(),
            ports.free(),
            BinaryCache.ofUser(System.getenv()),
            new RedisServer.Access("redis-secret", "redis-admin-secret"));
    redis.start();
    return redis;
  }

  public Path root() {
    return root;
  }

  private Path logs() {
    return root.resolve("log");
  }

  private Path pids() {
    return root.resolve("run");
  }

  /** A server's own process, which its others obey. */
  public long pid(String server) {
    return postgres.servers().stream()
        .filter(one -> one.name().equals(server))
        .findFirst()
        .orElseThrow()
        .pid();
  }

  /** Kills a server the hard way. */
  public void kill(String server) {
    ProcessHandle.of(pid(server)).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    postgres.close();
    guard.close();
    try (Stream<Path> files = Files.walk(root)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
