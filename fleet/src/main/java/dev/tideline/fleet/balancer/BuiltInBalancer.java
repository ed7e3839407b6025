package dev.tideline.fleet.balancer;

import dev.tideline.fleet.FleetException;
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
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A reverse proxy inside the supervisor, on Vert.x. */
public final class BuiltInBalancer implements Balancer {

  /** Lines longer than an instance would take still reach it, so that its answer explains. */
  private static final int REQUEST_LINE_BYTES_MAX = 64 << 10;

  private static final int HEADER_BYTES_MAX = 64 << 10;
  private static final int IDLE_SECONDS = 75;
  private static final int UPSTREAM_IDLE_SECONDS = 30;
  private static final int CONNECTIONS_PER_BACKEND_MAX = 512;
  private static final int WAITING_MAX = 4_096;
  private static final int EVENT_LOOPS = 2;
  private static final int STOP_SECONDS = 5;

  private final Vertx vertx;
  private final BackendChoice choice;

  private BuiltInBalancer(Vertx vertx, BackendChoice choice) {
    this.vertx = vertx;
    this.choice = choice;
  }

  /**
   * Listens on a port of loopback.
   *
   * @throws FleetException if the port is taken
   */
  public static BuiltInBalancer start(int port, Balancing balancing) {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(EVENT_LOOPS)
                .setFileSystemOptions(
                    new FileSystemOptions() // it serves no files, and leaves none behind
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
    BackendChoice choice =
        new BackendChoice(
            balancing.algorithm(),
            System::nanoTime,
            bound -> ThreadLocalRandom.current().nextInt(bound));
    RetryBudget budget = new RetryBudget();
    try {
      vertx
          .deployVerticle(
              () -> new Listener(port, choice, budget, balancing),
              new DeploymentOptions().setInstances(EVENT_LOOPS))
          .toCompletionStage()
          .toCompletableFuture()
          .join();
    } catch (CompletionException e) {
      vertx.close();
      throw new FleetException("the balancer cannot listen on port " + port, e);
    }
    return new BuiltInBalancer(vertx, choice);
  }

  private static final class Listener extends AbstractVerticle {
    private final int port;
    private final BackendChoice choice;
    private final RetryBudget budget;
    private final Balancing balancing;

    Listener(int port, BackendChoice choice, RetryBudget budget, Balancing balancing) {
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
      RetryingProxy retrying =
          new RetryingProxy(
              client,
              choice,
              budget,
              balancing.sticky() ? StickySessions.ON : StickySessions.OFF,
              balancing.tryLimit());
      HttpProxy proxy =
          HttpProxy.reverseProxy(new ProxyOptions().setSupportWebSocket(false), client)
              .origin(retrying)
              .addInterceptor(retrying);
      vertx
          .createHttpServer(
              new HttpServerOptions()
                  .setHost(Backend.HOST)
                  .setPort(port)
                  .setIdleTimeout(IDLE_SECONDS)
                  .setHttp2ClearTextEnabled(
                      false) // instances speak HTTP/1.1, and so do their headers
                  .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX)
                  .setMaxHeaderSize(HEADER_BYTES_MAX))
          .requestHandler(proxy)
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
      throw new FleetException("the balancer did not stop in order", e);
    }
  }
}
