package dev.tideline.fleet.instance;

import dev.tideline.embedded.process.BackgroundLoop;
import dev.tideline.embedded.process.ServerProcess;
import dev.tideline.embedded.process.ServerProcess.StopSignal;
import dev.tideline.embedded.process.SupervisedServer;
import dev.tideline.embedded.process.SupervisedServer.Phase;
import dev.tideline.fleet.balancer.Backend;
import dev.tideline.fleet.instance.HealthTracker.Check;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instance as a child process. It is restarted when it exits, and its health is checked at a
 * fixed interval.
 */
final class Instance implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Instance.class);

  /** A health check that takes longer than this fails. */
  private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(1);

  /** Timeout of the last check before an unresponsive instance is killed. */
  private static final Duration LAST_TIMEOUT = Duration.ofSeconds(5);

  private final Backend backend;
  private final InstanceSettings settings;
  private final HttpClient http;
  private final Surroundings pool;
  private final SupervisedServer process;
  private final HealthTracker health;
  private volatile InstanceState state = InstanceState.STARTING;
  private @Nullable BackgroundLoop checker;

  /** What an instance needs from its pool. */
  interface Surroundings {
    /** Called when the state of an instance has changed. */
    void changed();

    /** Called before each health check of an instance. */
    void checked();

    /** Whether an instance other than this one is healthy. */
    boolean othersServe(Instance than);
  }

  Instance(Backend backend, InstanceSettings settings, HttpClient http, Surroundings pool) {
    this.backend = backend;
    this.settings = settings;
    this.http = http;
    this.pool = pool;
    this.health = new HealthTracker(settings.unhealthyThreshold());
    this.process = new SupervisedServer(server(), this::phase);
  }

  private ServerProcess server() {
    Map<String, String> environment = new HashMap<>(settings.environment());
    environment.put("TIDELINE_HTTP_PORT", Integer.toString(backend.port()));
    environment.put("TIDELINE_INSTANCE_NAME", backend.name());
    return new ServerProcess(
        backend.name(),
        settings.commandOf(backend.name()),
        environment,
        settings.directory(),
        settings.logs().resolve(backend.name() + ".log"),
        settings.pids().resolve(backend.name() + ".pid"),
        StopSignal.TERM,
        () -> ask("/health/ready", HEALTH_TIMEOUT) == Check.WELL);
  }

  void start() throws InterruptedException {
    process.start();
    checker =
        BackgroundLoop.every(
            settings.healthInterval(), "health-" + backend.name(), this::checkOnce);
  }

  private void phase(Phase phase) {
    synchronized (health) {
      if (phase == Phase.STARTING) {
        change(health.restarted());
      } else if (phase == Phase.RUNNING) {
        change(health.record(Check.WELL));
      }
    }
  }

  private void checkOnce() {
    pool.checked();
    if (!isChecked()) {
      return;
    }
    Check found = ask("/health", HEALTH_TIMEOUT);
    synchronized (health) {
      if (isChecked()) {
        change(health.record(found));
      }
    }
    replaceIfLost();
  }

  private boolean isChecked() {
    return state != InstanceState.STARTING && state != InstanceState.DRAINING;
  }

  /**
   * Kills the instance, so that it is restarted, if it hangs or is the only unhealthy one. If no
   * other instance is healthy, the cause is probably something they share, such as the database,
   * and they keep running.
   */
  private void replaceIfLost() {
    boolean silent = isSilent();
    boolean lost = silent || (isUnwellForLong() && pool.othersServe(this));
    if (!lost || (silent && ask("/health/live", LAST_TIMEOUT) != Check.SILENT)) {
      return;
    }
    synchronized (health) {
      if (!isChecked()) {
        return;
      }
      log.warn(
          "{} {}; killing and restarting it",
          backend.name(),
          silent ? "does not answer" : "does not become healthy");
      change(health.restarted());
    }
    process.kill();
  }

  private boolean isSilent() {
    synchronized (health) {
      return health.isSilent();
    }
  }

  private boolean isUnwellForLong() {
    synchronized (health) {
      return health.isUnwellForLong();
    }
  }

  private void change(InstanceState next) {
    if (state != next) {
      log.info("{} is {}", backend.name(), next.label());
      state = next;
      pool.changed();
    }
  }

  private Check ask(String path, Duration timeout) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(backend.url() + path)).timeout(timeout).build();
    try {
      int status = http.send(request, BodyHandlers.discarding()).statusCode();
      return status == 200 ? Check.WELL : Check.UNWELL;
    } catch (IOException e) {
      return Check.SILENT;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Check.SILENT;
    }
  }

  Backend backend() {
    return backend;
  }

  InstanceState state() {
    return state;
  }

  long pid() {
    return process.pid();
  }

  /** Takes the instance out of the balancer, so that it gets no new requests. */
  void drain() {
    synchronized (health) {
      change(InstanceState.DRAINING);
    }
  }

  /** Stops the instance. One that hangs is killed at once. */
  @Override
  public void close() {
    if (checker != null) {
      checker.close();
    }
    if (isSilent()) {
      process.kill();
    }
    process.close();
  }
}
