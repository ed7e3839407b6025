package dev.tideline.embedded.process;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one server running. If it exits unexpectedly, it is restarted, with back-off. */
public final class SupervisedServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SupervisedServer.class);

  private static final Duration BACKOFF_FIRST = Duration.ofMillis(100);
  private static final Duration BACKOFF_MAX = Duration.ofSeconds(3);

  /**
   * A clean shutdown may have to write much: a checkpoint of PostgreSQL, the record of an AOT
   * training run. On a busy machine this takes tens of seconds.
   */
  private static final Duration STOP_GRACE = Duration.ofSeconds(60);

  /** What the server is doing. */
  public enum Phase {
    STARTING,
    RUNNING,
    STOPPED
  }

  private final ServerProcess server;
  private final Consumer<Phase> onPhase;
  private final AtomicReference<@Nullable Process> process = new AtomicReference<>();
  private volatile boolean closing;
  private @Nullable BackgroundLoop keeper;

  /** Used only by the keeper. */
  private Duration backoff = BACKOFF_FIRST;

  public SupervisedServer(ServerProcess server, Consumer<Phase> onPhase) {
    this.server = server;
    this.onPhase = onPhase;
  }

  public SupervisedServer(ServerProcess server) {
    this(server, phase -> {});
  }

  /**
   * Starts the server and waits until it is ready.
   *
   * @throws ServerException if the first start fails, or this is closed meanwhile; no process is
   *     left running
   */
  public void start() throws InterruptedException {
    onPhase.accept(Phase.STARTING);
    Process started = server.start(() -> closing);
    process.set(started);
    if (closing) { // close() may not have seen the process
      server.stop(started, STOP_GRACE);
      throw new ServerException(server.name() + " was closed while starting");
    }
    onPhase.accept(Phase.RUNNING);
    keeper = BackgroundLoop.start("keep-" + server.name(), this::keep);
  }

  private boolean keep() throws InterruptedException {
    Process current = process.get();
    if (current != null) {
      int code = current.waitFor();
      if (closing) {
        return false;
      }
      log.warn("{} exited with exit code {}; restarting it", server.name(), code);
      process.set(null);
      onPhase.accept(Phase.STARTING);
    }
    if (!closing) {
      startAgain();
    }
    return !closing;
  }

  private void startAgain() throws InterruptedException {
    try {
      process.set(server.start(() -> closing));
      log.info("{} is running again", server.name());
      backoff = BACKOFF_FIRST;
      onPhase.accept(Phase.RUNNING);
    } catch (ServerException e) {
      log.warn("{}", e.getMessage());
      TimeUnit.NANOSECONDS.sleep(backoff.toNanos());
      backoff = backoff.multipliedBy(2);
      backoff = backoff.compareTo(BACKOFF_MAX) > 0 ? BACKOFF_MAX : backoff;
    }
  }

  public String name() {
    return server.name();
  }

  /** Kills the process. It is restarted unless this is being closed. */
  public void kill() {
    Process current = process.get();
    if (current != null) {
      current.destroyForcibly();
    }
  }

  /** The process id, or -1 while there is no process. */
  public long pid() {
    Process current = process.get();
    return current == null ? -1 : current.pid();
  }

  /** Requests a clean shutdown, and kills the server after 20 s. */
  @Override
  public void close() {
    closing = true;
    try {
      if (keeper != null) {
        keeper.close();
        keeper.join(ChronoUnit.FOREVER.getDuration());
      }
      Process current = process.get();
      if (current != null) {
        server.stop(current, STOP_GRACE);
      }
      onPhase.accept(Phase.STOPPED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
