package dev.tideline.cli;

import dev.tideline.embedded.process.LogRotation;
import dev.tideline.embedded.process.ServerException;
import dev.tideline.fleet.Fleet;
import dev.tideline.fleet.FleetConfig;
import dev.tideline.fleet.autoscaling.ScalingConfig;
import dev.tideline.fleet.balancer.Balancer;
import dev.tideline.fleet.instance.InstanceSettings;
import dev.tideline.scaling.policy.Thresholds;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Runs a fleet on this machine until it is stopped. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Run a whole fleet on this machine: PostgreSQL with replicas, Redis, instances, balancer.",
      "An empty database gets a sample shop. Ctrl-C stops everything."
    },
    footer = {
      "",
      "Examples:",
      "  ./tideline up",
      "  ./tideline up --detach --port 9000 --control-port 9001 --data /tmp/shop",
      "  ./tideline up --empty --instances 4 --replicas 3 --balancer nginx"
    })
final class UpCommand implements Callable<Integer> {

  static final class KindConverter implements ITypeConverter<Balancer.Kind> {
    @Override
    public Balancer.Kind convert(String value) {
      return switch (value) {
        case "built-in" -> Balancer.Kind.BUILT_IN;
        case "nginx" -> Balancer.Kind.NGINX;
        default -> throw new TypeConversionException("built-in or nginx, not " + value);
      };
    }
  }

  static final class AlgorithmConverter implements ITypeConverter<Balancer.Algorithm> {
    @Override
    public Balancer.Algorithm convert(String value) {
      return switch (value) {
        case "round-robin" -> Balancer.Algorithm.ROUND_ROBIN;
        case "least-connections" -> Balancer.Algorithm.LEAST_CONNECTIONS;
        case "two-choices" -> Balancer.Algorithm.TWO_CHOICES;
        default ->
            throw new TypeConversionException(
                "round-robin, least-connections or two-choices, not " + value);
      };
    }
  }

  static final class SecondsConverter implements ITypeConverter<Duration> {

    /** More than any of them may be, and short enough to be counted in nanoseconds. */
    private static final Duration MAX = Duration.ofDays(1);

    @Override
    public Duration convert(String value) {
      try {
        Duration duration = Duration.parse("PT" + value.toUpperCase(Locale.ROOT));
        if (!duration.isNegative() && duration.compareTo(MAX) <= 0) {
          return duration;
        }
      } catch (DateTimeException e) {
        // reported below
      }
      throw new TypeConversionException(
          "a duration such as 0.5s, 2s or 1m, up to 24h, not " + value);
    }
  }

  @Mixin DataOption data = new DataOption();

  @Option(names = "--port", description = "Port of the balancer.", defaultValue = "8080")
  int port;

  @Option(
      names = "--control-port",
      description = "Port of status, metrics and console.",
      defaultValue = "8081")
  int controlPort;

  @Option(names = "--instances", description = "How many, 1 to 10.", defaultValue = "2")
  int instances;

  @Option(names = "--replicas", description = "How many, 0 to 3.", defaultValue = "2")
  int replicas;

  @Option(
      names = "--balancer",
      description = "built-in or nginx.",
      defaultValue = "built-in",
      converter = KindConverter.class)
  Balancer.Kind balancer = Balancer.Kind.BUILT_IN;

  @Option(
      names = "--balancing",
      description = "round-robin, least-connections or two-choices.",
      defaultValue = "round-robin",
      converter = AlgorithmConverter.class)
  Balancer.Algorithm algorithm = Balancer.Algorithm.ROUND_ROBIN;

  @Option(
      names = "--sticky",
      description = "Send a client's requests to one instance, by a cookie (not needed).")
  boolean sticky;

  @Option(
      names = "--health-interval",
      description = "Pause between two health checks of an instance.",
      defaultValue = "10s",
      converter = SecondsConverter.class)
  Duration healthInterval = InstanceSettings.HEALTH_INTERVAL;

  @Option(
      names = "--try-limit",
      description =
          "How long an instance may be silent about a shopper's GET before another is asked"
              + " (default ${DEFAULT-VALUE}).",
      defaultValue = "3s",
      converter = SecondsConverter.class)
  Duration tryLimit = Balancer.Balancing.TRY_LIMIT;

  @Option(
      names = "--log-mib",
      description = "Size in MiB at which a log is rotated, 1 to 1024.",
      defaultValue = "16")
  int logMebibytes;

  @Option(
      names = "--log-files",
      description = "Rotated logs to keep for each server, 1 to 100.",
      defaultValue = "3")
  int logFiles;

  @Option(
      names = "--autoscale",
      description =
          "off, advise (say what would be done) or on: add and remove instances (default on).",
      defaultValue = "on")
  ScalingConfig.Mode autoscale = ScalingConfig.Mode.ON;

  @Mixin ScalingOptions scaling = new ScalingOptions();

  @Option(names = "--empty", description = "Do not load the sample shop.")
  boolean empty;

  @Option(
      names = "--detach",
      description = "Return when everything is ready; the fleet keeps running.")
  boolean detach;

  private @Nullable Fleet fleet;

  @Override
  public Integer call() throws InterruptedException {
    Path directory = data.path();
    config(directory); // what is wrong with it is told before anything is begun
    return detach ? new DetachedStart(directory).run(arguments()) : stay(directory);
  }

  /** The same call without {@code --detach}. */
  private List<String> arguments() {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "up",
                "--data",
                data.path().toString(),
                "--port",
                Integer.toString(port),
                "--control-port",
                Integer.toString(controlPort),
                "--instances",
                Integer.toString(instances),
                "--replicas",
                Integer.toString(replicas),
                "--balancer",
                balancer == Balancer.Kind.NGINX ? "nginx" : "built-in",
                "--balancing",
                algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                "--health-interval",
                seconds(healthInterval),
                "--try-limit",
                seconds(tryLimit),
                "--log-mib",
                Integer.toString(logMebibytes),
                "--log-files",
                Integer.toString(logFiles),
                "--autoscale",
                autoscale.label()));
    arguments.addAll(scaling.arguments());
    if (sticky) {
      arguments.add("--sticky");
    }
    if (empty) {
      arguments.add("--empty");
    }
    return arguments;
  }

  static String seconds(Duration duration) {
    return duration.toMillis() / 1000.0 + "s";
  }

  private int stay(Path directory) throws InterruptedException {
    Thread main = Thread.currentThread();
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook = new Thread(() -> stop(main, ended), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      long start = System.nanoTime();
      Fleet started =
          Fleet.start(
              config(directory),
              new ShopBootstrap(empty, Clock.systemUTC()),
              line -> System.err.println("  " + line));
      synchronized (this) {
        fleet = started;
      }
      double seconds = Duration.ofNanos(System.nanoTime() - start).toMillis() / 1000.0;
      System.out.printf(Locale.ROOT, "Tideline is up after %.1f s: %s%n", seconds, started.url());
      System.out.printf("  try: curl '%s/v1/search?q=coffee'%n", started.url());
      System.out.printf("  operators: http://127.0.0.1:%d/console%n", controlPort);
      System.out.flush();
      new CountDownLatch(1).await(); // until a signal
      return 0;
    } catch (ServerException e) {
      ended.countDown();
      throw e;
    } finally {
      ended.countDown();
    }
  }

  /**
   * On SIGINT and SIGTERM: stops the fleet, or interrupts its start and waits until that has
   * cleaned up.
   */
  private void stop(Thread main, CountDownLatch ended) {
    Fleet running;
    synchronized (this) {
      running = fleet;
    }
    if (running != null) {
      System.err.println("  stopping");
      running.close();
      return;
    }
    main.interrupt();
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  FleetConfig config(Path directory) {
    return new FleetConfig(
        directory,
        port,
        controlPort,
        instances,
        replicas,
        balancer,
        new Balancer.Balancing(algorithm, sticky, tryLimit),
        healthInterval,
        scaling.config(autoscale, this::withStart),
        new LogRotation.Settings((long) logMebibytes << 20, logFiles),
        JavaCommand.instance(directory));
  }

  /** A fleet may start with fewer or more instances than the bounds. */
  private Thresholds withStart(Thresholds asked) {
    Thresholds.Bounds bounds = asked.bounds();
    return asked.withBounds(
        new Thresholds.Bounds(
            Math.min(bounds.min(), instances), Math.max(bounds.max(), instances)));
  }
}
