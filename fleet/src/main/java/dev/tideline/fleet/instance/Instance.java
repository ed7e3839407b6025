package dev.tideline.fleet.instance;

import dev.tideline.fleet.balancer.Backend;
import dev.tideline.fleet.process.ServerProcess;
import dev.tideline.fleet.process.ServerProcess.StopSignal;
import dev.tideline.fleet.process.Supervised;
import dev.tideline.fleet.process.Supervised.Phase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instance as a child process, started again when it dies, and asked for its health at a fixed
 * pause.
 */
final class Instance implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Instance.class);

  /** An instance that does not say within this time that it is well is not. */
  private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(1);

  private final Backend backend;
  private final InstanceSettings settings;
  private final HttpClient http;
  private final Runnable onChange;
  private final Supervised process;
  private final HealthTracker health;
  private volatile InstanceState state = InstanceState.STARTING;
  private @Nullable Thread checker;

  Instance(Backend backend, InstanceSettings settings, HttpClient http, Runnable onChange) {
    this.backend = backend;
    this.settings = settings;
    this.http = http;
    this.onChange = onChange;
    this.health = new HealthTracker(settings.unhealthyThreshold());
    this.process = new Supervised(server(), this::phase);
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
        () -> answers("/health/ready"));
  }

  void start() throws InterruptedException {
    process.start();
    checker = Thread.ofVirtual().name("health-" + backend.name()).start(this::check);
  }

  private void phase(Phase phase) {
    synchronized (health) {
      if (phase == Phase.STARTING) {
        change(health.restarted());
      } else if (phase == Phase.RUNNING) {
        change(health.record(true));
      }
    }
  }

  private void check() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        TimeUnit.NANOSECONDS.sleep(settings.healthInterval().toNanos());
        if (state != InstanceState.STARTING && state != InstanceState.DRAINING) {
          boolean success = answers("/health");
          synchronized (health) {
            if (state != InstanceState.STARTING && state != InstanceState.DRAINING) {
              change(health.record(success));
            }
          }
        }
      }
    } catch (InterruptedException e) {
      // close() wants this thread to end
    }
  }

  private void change(InstanceState next) {
    if (state != next) {
      log.info("{} is {}", backend.name(), next.label());
      state = next;
      onChange.run();
    }
  }

  private boolean answers(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(backend.url() + path)).timeout(HEALTH_TIMEOUT).build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
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

  /** No new requests: it leaves the balancer before it is told to stop. */
  void drain() {
    synchronized (health) {
      change(InstanceState.DRAINING);
    }
  }

  @Override
  public void close() {
    if (checker != null) {
      checker.interrupt();
    }
    process.close();
  }
}
