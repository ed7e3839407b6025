package dev.tideline.fleet;

import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.embedded.postgres.PostgresCluster;
import dev.tideline.embedded.process.BinaryCache;
import dev.tideline.embedded.process.Guard;
import dev.tideline.embedded.process.LogRotation;
import dev.tideline.embedded.process.Ports;
import dev.tideline.embedded.process.ServerException;
import dev.tideline.embedded.process.ServerUser;
import dev.tideline.embedded.redis.RedisServer;
import dev.tideline.fleet.autoscaling.Autoscaler;
import dev.tideline.fleet.autoscaling.InstanceReadings;
import dev.tideline.fleet.autoscaling.LocalTarget;
import dev.tideline.fleet.autoscaling.ScalingConfig;
import dev.tideline.fleet.autoscaling.ScalingEventStore;
import dev.tideline.fleet.autoscaling.ScalingMetrics;
import dev.tideline.fleet.balancer.Balancer;
import dev.tideline.fleet.balancer.BuiltInBalancer;
import dev.tideline.fleet.balancer.NginxBalancer;
import dev.tideline.fleet.control.ControlServer;
import dev.tideline.fleet.control.FleetStatus;
import dev.tideline.fleet.data.DataDirectory;
import dev.tideline.fleet.data.SupervisorMark;
import dev.tideline.fleet.instance.InstancePool;
import dev.tideline.fleet.instance.InstanceSettings;
import dev.tideline.fleet.instance.InstanceState;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.http.HttpClient;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole fleet on this machine: PostgreSQL with replicas, Redis, and instances behind a balancer.
 * Each is kept running until {@link #close}.
 *
 * <p>Each instance is started with the environment variables of {@code serve} (see the contracts):
 * its port, the databases, Redis, and the files with its secrets.
 */
public final class Fleet implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Fleet.class);
  private static final String HOST = "127.0.0.1";

  /** The databases' connections are divided among at least this many instances. */
  private static final int INSTANCES_MAX = 10;

  /**
   * Creates the schema and the initial data after the primary has started and before the replicas
   * are copied from it.
   */
  public interface Bootstrap {
    void prepare(String jdbcUrl, String user, String password) throws Exception;

    /**
     * Starts background work that runs as long as the fleet is up. The result is closed with the
     * fleet.
     */
    default AutoCloseable accompany(String jdbcUrl, String user, String password) throws Exception {
      return () -> {};
    }
  }

  private final FleetConfig config;
  private final DataDirectory data;
  private final Consumer<String> progress;
  private final List<AutoCloseable> parts = new ArrayList<>();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private volatile String state = FleetStatus.STARTING;
  private volatile Running running = Running.NOTHING;

  /**
   * The parts that have been started so far; null for a part that has not been started or is off.
   */
  private record Running(
      @Nullable RedisServer redis,
      @Nullable PostgresCluster postgres,
      @Nullable Balancer balancer,
      @Nullable InstancePool instances,
      @Nullable Autoscaler autoscaler) {

    static final Running NOTHING = new Running(null, null, null, null, null);

    Running with(RedisServer started) {
      return new Running(started, postgres, balancer, instances, autoscaler);
    }

    Running with(PostgresCluster started) {
      return new Running(redis, started, balancer, instances, autoscaler);
    }

    Running with(Balancer front, InstancePool started) {
      return new Running(redis, postgres, front, started, autoscaler);
    }

    Running with(Autoscaler started) {
      return new Running(redis, postgres, balancer, instances, started);
    }

    List<InstancePool.View> views() {
      return instances == null ? List.of() : instances.views();
    }
  }

  private Fleet(FleetConfig config, DataDirectory data, Consumer<String> progress) {
    this.config = config;
    this.data = data;
    this.progress = progress;
  }

  /**
   * Starts everything and returns when the fleet can answer requests.
   *
   * @param progress receives a line for each part that has started
   * @throws ServerException if a part cannot start, the data directory is in use, or a port is
   *     taken; the parts already started are stopped again
   */
  public static Fleet start(FleetConfig config, Bootstrap bootstrap, Consumer<String> progress)
      throws InterruptedException {
    DataDirectory data = DataDirectory.open(config.data());
    if (!data.tryLock()) {
      throw new ServerException(
          "a fleet is already up on " + data.root() + " (`tideline status`, `tideline down`)");
    }
    Fleet fleet = new Fleet(config, data, progress);
    try {
      fleet.start(bootstrap);
      return fleet;
    } catch (ServerException | InterruptedException e) {
      fleet.close();
      throw e;
    } catch (Exception e) {
      fleet.close();
      throw new ServerException("cannot start the fleet: " + e.getMessage(), e);
    }
  }

  private void start(Bootstrap bootstrap) throws Exception {
    // first, so that `down` finds the process to stop
    parts.add(SupervisorMark.put(data, config.controlPort()));
    parts.add(LogRotation.start(data.logs(), config.logs()));
    List<String> orphans = Guard.stopOrphans(data.pids(), data.root());
    if (!orphans.isEmpty()) {
      progress.accept(
          "stopped processes left by an earlier supervisor: " + String.join(", ", orphans));
    }
    requireFree(config.port(), "--port");
    requireFree(config.controlPort(), "--control-port");
    parts.add(Guard.start(data.pids(), data.root()));
    parts.add(
        ControlServer.start(
            config.controlPort(),
            this::status,
            metrics(),
            data.secret(DataDirectory.ADMIN_TOKEN),
            this::replaceEach));
    FleetPorts ports = choosePorts();
    BinaryCache binaries = BinaryCache.ofUser(System.getenv());

    CompletableFuture<RedisServer> redisStarts = startRedis(ports.redis(), binaries);
    try {
      startDatabases(ports.databases(), binaries, bootstrap);
    } finally {
      redisStarts.handle((done, failure) -> done).join(); // so that it can be closed
    }
    redisStarts.join();
    startInstances(ports);
    startAutoscaler(url(ports.databases().getFirst()));
    parts.add(
        bootstrap.accompany(
            url(ports.databases().getFirst()),
            Credentials.APPLICATION,
            data.credentials().application()));
    state = FleetStatus.UP;
  }

  private static void requireFree(int port, String option) {
    if (!Ports.isFree(port)) {
      throw new ServerException(
          "port %d is in use by another program (choose another with %s)".formatted(port, option));
    }
  }

  private record FleetPorts(int redis, List<Integer> databases, List<Integer> instances) {}

  private FleetPorts choosePorts() {
    Ports free = new Ports();
    Map<String, Integer> known = data.ports();
    Map<String, Integer> now = new HashMap<>();
    FleetPorts ports =
        new FleetPorts(
            port("redis", free, known, now),
            IntStream.rangeClosed(0, config.replicas())
                .mapToObj(i -> port("database-" + i, free, known, now))
                .toList(),
            IntStream.rangeClosed(1, config.instances())
                .mapToObj(i -> port("instance-" + i, free, known, now))
                .toList());
    data.keepPorts(now);
    return ports;
  }

  private static int port(
      String name, Ports free, Map<String, Integer> known, Map<String, Integer> now) {
    int port = free.freeOr(known.getOrDefault(name, 0));
    now.put(name, port);
    return port;
  }

  private CompletableFuture<RedisServer> startRedis(int port, BinaryCache binaries) {
    RedisServer server =
        new RedisServer(data.redis(), data.logs(), data.pids(), port, binaries, data.redisAccess());
    parts.add(server);
    running = running.with(server);
    CompletableFuture<RedisServer> started = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("start-redis")
        .start(() -> {
          try {
            server.start();
            started.complete(server);
          } catch (RuntimeException | InterruptedException e) {
            started.completeExceptionally(e);
          }
        });
    return started;
  }

  private void startDatabases(List<Integer> ports, BinaryCache binaries, Bootstrap bootstrap)
      throws Exception {
    PostgresCluster cluster =
        new PostgresCluster(
            new PostgresCluster.Layout(data.postgres(), data.logs(), data.pids(), ports),
            binaries,
            ServerUser.detect(),
            data.credentials());
    parts.add(cluster);
    running = running.with(cluster);
    cluster.startPrimary();
    progress.accept(
        "PostgreSQL %s: primary on %s:%d".formatted(cluster.version(), HOST, ports.getFirst()));
    prepare(bootstrap, cluster);
    cluster.startReplicas();
    if (config.replicas() > 0) {
      progress.accept(
          "%d streaming replica%s".formatted(config.replicas(), config.replicas() == 1 ? "" : "s"));
    }
  }

  /**
   * Runs on a separate thread, so that an interrupted start returns at once. Code that waits for a
   * database does not react to interrupts; it ends when the database is stopped.
   */
  private static void prepare(Bootstrap bootstrap, PostgresCluster cluster) throws Exception {
    FutureTask<Void> work =
        new FutureTask<>(() -> {
          bootstrap.prepare(
              cluster.url(0), Credentials.APPLICATION, cluster.credentials().application());
          return null;
        });
    Thread worker = Thread.ofVirtual().name("prepare").start(work);
    try {
      work.get();
    } catch (InterruptedException e) {
      worker.interrupt();
      throw e;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private void startInstances(FleetPorts ports) throws InterruptedException {
    Balancer started =
        switch (config.balancer()) {
          case BUILT_IN ->
              BuiltInBalancer.start(
                  config.port(),
                  config.balancing(),
                  BuiltInBalancer.Operation.from(System.getenv(), data.logs(), registry));
          case NGINX ->
              NginxBalancer.start(
                  data.nginx(), data.logs(), data.pids(), config.port(), config.balancing());
        };
    parts.add(started);
    InstancePool pool = new InstancePool(started);
    parts.add(pool);
    running = running.with(started, pool);
    pool.start(
        new InstanceSettings(
            config.instanceCommand(),
            instanceEnvironment(ports),
            data.root(),
            data.logs(),
            data.pids(),
            config.healthInterval(),
            InstanceSettings.UNHEALTHY_THRESHOLD),
        ports.instances());
    progress.accept(
        "%d instances behind the %s balancer".formatted(config.instances(), balancerName()));
  }

  private void startAutoscaler(String primaryUrl) {
    ScalingConfig scaling = config.scaling();
    InstancePool pool = running.instances();
    if (scaling.mode() == ScalingConfig.Mode.OFF || pool == null) {
      return;
    }
    HttpClient http = HttpClient.newHttpClient();
    ScalingEventStore history =
        new ScalingEventStore(
            primaryUrl, Credentials.APPLICATION, data.credentials().application());
    int cores = Runtime.getRuntime().availableProcessors();
    Autoscaler started =
        new Autoscaler(
            new Autoscaler.Settings(
                scaling.interval(), scaling.mode() == ScalingConfig.Mode.ADVISE),
            new InstanceReadings(
                () -> InstanceReadings.Members.of(pool),
                InstanceReadings.Settings.shared(
                    cores, scaling.warmUp(), scaling.thresholds().staleAfter()),
                http),
            scaling.policy(),
            new LocalTarget(pool),
            history,
            Clock.systemUTC());
    parts.add(http);
    parts.add(history);
    parts.add(started);
    running = running.with(started);
    started.start();
    progress.accept(
        "autoscaling %s: %d to %d instances"
            .formatted(
                scaling.mode().label(),
                scaling.thresholds().bounds().min(),
                scaling.thresholds().bounds().max()));
  }

  private Map<String, String> instanceEnvironment(FleetPorts ports) {
    data.secret(DataDirectory.TOKEN_KEY);
    int instancesMax =
        Math.max(
            Math.max(INSTANCES_MAX, config.instances()),
            config.scaling().thresholds().bounds().max());
    return Map.ofEntries(
        Map.entry("TIDELINE_INSTANCES_MAX", Integer.toString(instancesMax)),
        Map.entry("TIDELINE_TOKEN_KEY_FILE", data.secretFile(DataDirectory.TOKEN_KEY).toString()),
        Map.entry("TIDELINE_DB_PRIMARY_URL", url(ports.databases().getFirst())),
        Map.entry(
            "TIDELINE_DB_REPLICA_URLS",
            ports.databases().stream().skip(1).map(Fleet::url).collect(Collectors.joining(","))),
        Map.entry("TIDELINE_DB_USER", Credentials.APPLICATION),
        Map.entry(
            "TIDELINE_DB_PASSWORD_FILE",
            data.secretFile(DataDirectory.DATABASE_PASSWORD).toString()),
        Map.entry("TIDELINE_REDIS_URL", "redis://" + HOST + ":" + ports.redis()),
        Map.entry(
            "TIDELINE_REDIS_PASSWORD_FILE",
            data.secretFile(DataDirectory.REDIS_PASSWORD).toString()),
        Map.entry(
            "TIDELINE_ADMIN_TOKEN_FILE", data.secretFile(DataDirectory.ADMIN_TOKEN).toString()),
        Map.entry("TIDELINE_HTTP_HOST", HOST),
        // The balancer drops an instance before it is stopped, so no drain delay is needed.
        Map.entry("TIDELINE_DRAIN_DELAY", "0s"));
  }

  private static String url(int port) {
    return "jdbc:postgresql://" + HOST + ":" + port + "/" + Credentials.DATABASE;
  }

  private PrometheusRegistry metrics() {
    ScalingMetrics.register(
        registry,
        () -> OptionalDouble.of((double) healthyInstances()),
        action -> {
          Autoscaler scaler = running.autoscaler();
          return scaler == null ? 0 : scaler.count(action);
        });
    return registry;
  }

  private List<String> replaceEach() throws InterruptedException {
    InstancePool pool = running.instances();
    if (pool == null || !state.equals(FleetStatus.UP)) {
      throw new ServerException("the fleet is " + state);
    }
    pool.replaceEach(new Ports()::free);
    return pool.views().stream().map(InstancePool.View::name).toList();
  }

  private long healthyInstances() {
    return running.views().stream().filter(view -> view.state() == InstanceState.HEALTHY).count();
  }

  public String url() {
    return "http://" + HOST + ":" + config.port();
  }

  private String balancerName() {
    return config.balancer().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The current status of the fleet, without secrets. */
  public FleetStatus status() {
    Running now = running;
    PostgresCluster cluster = now.postgres();
    RedisServer cache = now.redis();
    Balancer front = now.balancer();
    return new FleetStatus(
        state,
        url(),
        "http://" + HOST + ":" + config.controlPort(),
        data.secretFile(DataDirectory.ADMIN_TOKEN).toString(),
        new FleetStatus.Supervisor(ProcessHandle.current().pid()),
        front == null ? null : new FleetStatus.BalancerStatus(balancerName(), front.pid()),
        now.views().stream().map(Fleet::instance).toList(),
        cluster == null ? List.of() : cluster.servers().stream().map(Fleet::database).toList(),
        cache == null
            ? null
            : new FleetStatus.RedisStatus(cache.port(), cache.pid(), RedisServer.ADMIN, null),
        scaling(now.autoscaler()));
  }

  private FleetStatus.ScalingStatus scaling(@Nullable Autoscaler scaler) {
    return FleetStatus.ScalingStatus.of(
        config.scaling(),
        scaler == null ? Autoscaler.View.NONE : scaler.view(),
        scaler == null ? List.of() : scaler.latest());
  }

  private static FleetStatus.InstanceStatus instance(InstancePool.View view) {
    return new FleetStatus.InstanceStatus(
        view.name(), view.url(), view.pid(), view.state().label());
  }

  private static FleetStatus.DatabaseStatus database(PostgresCluster.Server server) {
    return new FleetStatus.DatabaseStatus(
        server.name(),
        server.primary() ? "primary" : "replica",
        server.host(),
        server.port(),
        server.pid(),
        Credentials.DATABASE,
        server.lagSeconds().orElse(null),
        Credentials.ADMIN,
        null);
  }

  /**
   * Stops everything in reverse order. A part that fails to stop is logged, and the rest is stopped
   * all the same.
   */
  @Override
  public void close() {
    state = FleetStatus.STOPPING;
    for (AutoCloseable part : parts.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        log.warn("{} did not stop cleanly", part.getClass().getSimpleName(), e);
      }
    }
    parts.clear();
    data.close();
  }
}
