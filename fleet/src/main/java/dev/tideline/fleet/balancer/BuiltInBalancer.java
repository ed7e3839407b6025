package dev.tideline.fleet.balancer;

import dev.tideline.embedded.process.ServerException;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.httpproxy.HttpProxy;
import io.vertx.httpproxy.ProxyOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A reverse proxy inside the supervisor, on Vert.x. */
public final class BuiltInBalancer implements Balancer {

  /**
   * Longer than an instance's limit, so that an instance rejects a long line with its own error
   * message.
   */
  private static final int REQUEST_LINE_BYTES_MAX = 64 << 10;

  private static final int HEADER_BYTES_MAX = 64 << 10;
  private static final int IDLE_SECONDS = 75;
  private static final int UPSTREAM_IDLE_SECONDS = 30;
  private static final int CONNECTIONS_PER_BACKEND_MAX = 512;
  private static final int WAITING_MAX = 4_096;
  private static final int EVENT_LOOPS = 2;
  private static final int STOP_SECONDS = 5;

  /**
   * Operational settings.
   *
   * @param accessLog file of the access log; empty for none
   * @param registry where the metrics are registered
   */
  public record Operation(
      BalancerLimits limits, Optional<Path> accessLog, PrometheusRegistry registry) {

    private static final String SETTING = "TIDELINE_ACCESS_LOG";

    /**
     * Reads the settings from the environment: {@code TIDELINE_ACCESS_LOG} is {@code on} (the
     * default) or {@code off}.
     *
     * @throws ServerException if a value is invalid
     */
    public static Operation from(
        Map<String, String> environment, Path logs, PrometheusRegistry registry) {
      Optional<Path> log =
          switch (environment.getOrDefault(SETTING, "").strip()) {
            case "", "on" -> Optional.of(logs.resolve("access.log"));
            case "off" -> Optional.empty();
            case String other ->
                throw new ServerException(SETTING + ": must be on or off, not " + other);
          };
      return new Operation(BalancerLimits.from(environment), log, registry);
    }
  }

  private final Vertx vertx;
  private final BackendChoice choice;
  private final AccessLog log;

  private BuiltInBalancer(Vertx vertx, BackendChoice choice, AccessLog log) {
    this.vertx = vertx;
    this.choice = choice;
    this.log = log;
  }

  /** Starts a balancer with default limits, without an access log and exported metrics. */
  public static BuiltInBalancer start(int port, Balancing balancing) {
    return start(
        port,
        balancing,
        new Operation(BalancerLimits.DEFAULT, Optional.empty(), new PrometheusRegistry()));
  }

  /**
   * Starts a balancer on a port of loopback.
   *
   * @throws ServerException if the port is taken
   */
  public static BuiltInBalancer start(int port, Balancing balancing, Operation operation) {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(EVENT_LOOPS)
                .setFileSystemOptions(
                    new FileSystemOptions() // it serves no files, so it needs no file cache
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
    BackendChoice choice =
        new BackendChoice(
            balancing.algorithm(),
            System::nanoTime,
            bound -> ThreadLocalRandom.current().nextInt(bound));
    RetryBudget budget = new RetryBudget();
    BalancerMetrics metrics = new BalancerMetrics(operation.registry(), choice::members);
    AccessLog log =
        operation.accessLog().map(file -> AccessLog.to(file, metrics)).orElse(AccessLog.OFF);
    AtomicLong bodyBytes = new AtomicLong();
    try {
      vertx
          .deployVerticle(
              () ->
                  new Listener(
                      port, choice, budget, balancing, operation.limits(), bodyBytes, metrics, log),
              new DeploymentOptions().setInstances(EVENT_LOOPS))
          .toCompletionStage()
          .toCompletableFuture()
          .join();
    } catch (CompletionException e) {
      vertx.close();
      log.close();
      throw new ServerException("the balancer cannot listen on port " + port, e);
    }
    return new BuiltInBalancer(vertx, choice, log);
  }

  private static final class Listener extends AbstractVerticle {
    private final int port;
    private final BackendChoice choice;
    private final RetryBudget budget;
    private final Balancing balancing;
    private final BalancerLimits limits;
    private final AtomicLong bodyBytes;
    private final BalancerMetrics metrics;
    private final AccessLog log;

    Listener(
        int port,
        BackendChoice choice,
        RetryBudget budget,
        Balancing balancing,
        BalancerLimits limits,
        AtomicLong bodyBytes,
        BalancerMetrics metrics,
        AccessLog log) {
      this.limits = limits;
      this.bodyBytes = bodyBytes;
      this.metrics = metrics;
      this.log = log;
      this.port = port;
      this.choice = choice;
      this.budget = budget;
      this.balancing = balancing;
    }

    @Override
    public void start(Promise<Void> started) {
      var client =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setConnectTimeout((int) TimeUnit.SECONDS.toMillis(1))
                  .setIdleTimeout(UPSTREAM_IDLE_SECONDS)
                  .setKeepAliveTimeout(UPSTREAM_IDLE_SECONDS)
                  .setMaxHeaderSize(HEADER_BYTES_MAX),
              new PoolOptions()
                  .setHttp1MaxSize(CONNECTIONS_PER_BACKEND_MAX)
                  .setMaxWaitQueueSize(WAITING_MAX));
      ClientConnections connections =
          new ClientConnections(
              vertx, limits, Math.max(1, limits.connections() / EVENT_LOOPS), bodyBytes, metrics);
      RetryingProxy retrying =
          new RetryingProxy(
              client,
              choice,
              budget,
              balancing.sticky() ? StickySessions.ON : StickySessions.OFF,
              balancing.tryLimit(),
              connections,
              metrics);
      HttpProxy proxy =
          HttpProxy.reverseProxy(new ProxyOptions().setSupportWebSocket(false), client)
              .origin(retrying)
              .addInterceptor(retrying);
      Reception reception = new Reception(connections, metrics, log, proxy);
      vertx
          .createHttpServer(
              new HttpServerOptions()
                  .setHost(Backend.HOST)
                  .setPort(port)
                  .setIdleTimeout(IDLE_SECONDS)
                  .setHttp2ClearTextEnabled(false) // instances use HTTP/1.1
                  .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX)
                  .setMaxHeaderSize(HEADER_BYTES_MAX))
          .connectionHandler(connections::accept)
          .invalidRequestHandler(reception::malformed)
          .requestHandler(reception)
          .listen()
          .<Void>mapEmpty()
          .onComplete(started);
    }
  }

  @Override
  public void route(List<Backend> backends) {
    choice.replace(backends);
  }

  @Override
  public boolean isIdle(Backend backend) {
    return choice.isIdle(backend);
  }

  @Override
  public Kind kind() {
    return Kind.BUILT_IN;
  }

  @Override
  public long pid() {
    return ProcessHandle.current().pid();
  }

  @Override
  public void close() {
    try {
      vertx
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .orTimeout(STOP_SECONDS, TimeUnit.SECONDS)
          .join();
    } catch (CompletionException e) {
      throw new ServerException("the balancer did not stop cleanly", e);
    } finally {
      log.close();
    }
  }
}
