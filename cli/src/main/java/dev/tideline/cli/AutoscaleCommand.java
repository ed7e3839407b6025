package dev.tideline.cli;

import dev.tideline.embedded.process.ServerException;
import dev.tideline.fleet.autoscaling.Autoscaler;
import dev.tideline.fleet.autoscaling.InstanceReadings;
import dev.tideline.fleet.autoscaling.InstanceReadings.Members;
import dev.tideline.fleet.autoscaling.PrometheusReadings;
import dev.tideline.fleet.autoscaling.ReadingSource;
import dev.tideline.fleet.autoscaling.ScalingConfig;
import dev.tideline.fleet.autoscaling.ScalingEventStore;
import dev.tideline.fleet.autoscaling.ScalingMetrics;
import dev.tideline.fleet.control.ControlServer;
import dev.tideline.fleet.control.FleetStatus.ScalingStatus;
import dev.tideline.fleet.kubernetes.KubernetesDeployment;
import dev.tideline.routing.RouterConfig;
import dev.tideline.service.config.InstanceConfig;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Scales a Kubernetes Deployment of instances. */
@Command(
    name = "autoscale",
    mixinStandardHelpOptions = true,
    description = {
      "Add and remove pods of a Kubernetes Deployment by Tideline's own policy. It needs what"
          + " serve",
      "needs of the environment for the primary (TIDELINE_DB_PRIMARY_URL, ...): there it keeps why"
          + " it",
      "acted, and of several only one acts. Not beside a HorizontalPodAutoscaler of the same",
      "Deployment. A Deployment with 0 pods, or with the annotation"
          + " tideline.dev/autoscaling=paused,",
      "is left as it is."
    },
    footer = {
      "",
      "Examples:",
      "  ./tideline autoscale --deployment tideline --capacity 150",
      "  ./tideline autoscale --dry-run --prometheus http://prometheus:9090 \\",
      "      --prometheus-selector 'namespace=\"shop\",job=\"tideline\"'"
    })
final class AutoscaleCommand implements Callable<Integer> {

  @Option(
      names = "--deployment",
      defaultValue = "tideline",
      description = "Name of the Deployment (default ${DEFAULT-VALUE}).")
  String deployment = "";

  @Option(names = "--namespace", description = "Namespace of the Deployment (default: this pod's).")
  @Nullable String namespace;

  @Option(
      names = "--container",
      defaultValue = "tideline",
      description =
          "Of a pod, which is the instance; others are sidecars (default ${DEFAULT-VALUE}).")
  String container = "";

  @Option(
      names = "--metrics-port",
      defaultValue = "8080",
      description = "Port on which pods serve /metrics (default ${DEFAULT-VALUE}).")
  int metricsPort;

  @Option(
      names = "--prometheus",
      paramLabel = "URL",
      description = "Read the metrics from this Prometheus instead of the pods.")
  @Nullable URI prometheus;

  @Option(
      names = "--prometheus-selector",
      defaultValue = "job=\"tideline\"",
      description =
          "Label selector of the instances' series in Prometheus (default ${DEFAULT-VALUE}).")
  String selector = "";

  @Option(names = "--dry-run", description = "Log decisions without acting on them.")
  boolean dryRun;

  @Option(
      names = "--control-port",
      defaultValue = "8081",
      description = "Port of /status, /metrics and /health/live (default ${DEFAULT-VALUE}).")
  int controlPort;

  @Mixin ScalingOptions scaling = new ScalingOptions();

  /** The pods of the last reading; none while another autoscaler acts. */
  private final AtomicReference<@Nullable Members> seen = new AtomicReference<>();

  @Override
  public Integer call() throws InterruptedException {
    try {
      Ranges.checkPort("--metrics-port", metricsPort);
      Ranges.checkPort("--control-port", controlPort);
    } catch (IllegalArgumentException e) {
      throw new CommandException(String.valueOf(e.getMessage()));
    }
    ScalingConfig config =
        scaling.config(dryRun ? ScalingConfig.Mode.ADVISE : ScalingConfig.Mode.ON, asked -> asked);
    RouterConfig databases = InstanceConfig.databasesOf(System.getenv());
    Thread main = Thread.currentThread();
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(main, ended), "stop"));
    try (HttpClient http = HttpClient.newHttpClient();
        KubernetesDeployment target =
            KubernetesDeployment.open(
                Optional.ofNullable(namespace), deployment, container, metricsPort);
        ScalingEventStore history =
            new ScalingEventStore(
                databases.primary().url(), databases.user(), databases.password())) {
      run(config, target, source(config, target, http), history);
      return 0;
    } finally {
      ended.countDown();
    }
  }

  /** Until a signal. */
  private void run(
      ScalingConfig config,
      KubernetesDeployment target,
      ReadingSource source,
      ScalingEventStore history)
      throws InterruptedException {
    Autoscaler.Settings settings = new Autoscaler.Settings(config.interval(), dryRun);
    try (Autoscaler autoscaler =
            new Autoscaler(settings, source, config.policy(), target, history, Clock.systemUTC());
        ControlServer control = control(config, autoscaler)) {
      System.err.printf(
          "  %s Deployment %s in namespace %s, %d to %d pods; status on port %d%n",
          dryRun ? "watching" : "scaling",
          target.address().name(),
          target.address().namespace(),
          config.thresholds().bounds().min(),
          config.thresholds().bounds().max(),
          control.port());
      autoscaler.start();
      new CountDownLatch(1).await();
    }
  }

  private static void end(Thread main, CountDownLatch ended) {
    main.interrupt();
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ReadingSource source(ScalingConfig config, KubernetesDeployment target, HttpClient http) {
    if (target.cores().isEmpty()) { // throws if it could never be told
      System.err.printf(
          "  Deployment %s has no pods: waiting for the first%n", target.address().name());
    }
    // read each time: a rollout may change it
    DoubleSupplier cores =
        () -> target.cores().orElseThrow(() -> new ServerException("no pods left"));
    Supplier<Members> members =
        () -> {
          Members now = target.members();
          seen.set(now);
          return now;
        };
    return prometheus == null
        ? new InstanceReadings(
            members,
            new InstanceReadings.Settings(
                config.warmUp(), config.thresholds().staleAfter(), serving -> cores.getAsDouble()),
            http)
        : new PrometheusReadings(
            members,
            new PrometheusReadings.Settings(
                prometheus,
                selector,
                PrometheusReadings.Settings.WINDOW,
                config.thresholds().staleAfter(),
                config.warmUp(),
                cores),
            http);
  }

  private ControlServer control(ScalingConfig config, Autoscaler autoscaler) {
    PrometheusRegistry metrics = new PrometheusRegistry();
    ScalingMetrics.register(
        metrics,
        () -> {
          Members now = seen.get();
          return now == null || !autoscaler.view().leads()
              ? OptionalDouble.empty()
              : OptionalDouble.of(now.serving().size());
        },
        autoscaler::count);
    return ControlServer.ofAutoscaler(
        "0.0.0.0",
        controlPort,
        () -> ScalingStatus.of(config, autoscaler.view(), autoscaler.latest()),
        metrics);
  }
}
