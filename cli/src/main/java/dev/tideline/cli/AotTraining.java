package dev.tideline.cli;

import dev.tideline.embedded.process.LogRotation;
import dev.tideline.embedded.process.Ports;
import dev.tideline.fleet.Fleet;
import dev.tideline.fleet.FleetConfig;
import dev.tideline.fleet.autoscaling.Autoscaler;
import dev.tideline.fleet.autoscaling.ScalingConfig;
import dev.tideline.fleet.balancer.Balancer;
import dev.tideline.fleet.instance.InstanceSettings;
import dev.tideline.scaling.policy.PredictivePolicy;
import dev.tideline.scaling.policy.Thresholds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Makes a distribution's AOT cache (JEP 483, 514, 515): an instance of it runs in a fleet of its
 * own with the sample shop, rehearses until it is warm, and what it has loaded, linked and counted
 * is kept.
 */
final class AotTraining {

  private final Distribution distribution;
  private final Consumer<String> progress;

  AotTraining(Distribution distribution, Consumer<String> progress) {
    this.distribution = distribution;
    this.progress = progress;
  }

  void run() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("tideline-training");
    Path recorded = folder.resolve("recorded.aotconf");
    try {
      try (Fleet fleet =
          Fleet.start(
              fleet(folder.resolve("data"), recorded),
              new ShopBootstrap(false, Clock.systemUTC()),
              line -> {})) {
        progress.accept("an instance has rehearsed at " + fleet.url());
      }
      if (!Files.exists(recorded)) {
        throw new CommandException("the training run was not recorded; --no-aot builds without it");
      }
      create(recorded);
    } finally {
      delete(folder);
    }
  }

  private FleetConfig fleet(Path data, Path recorded) {
    Ports free = new Ports();
    return new FleetConfig(
        data,
        free.free(),
        free.free(),
        1,
        1,
        Balancer.Kind.BUILT_IN,
        Balancer.Balancing.DEFAULT,
        InstanceSettings.HEALTH_INTERVAL,
        new ScalingConfig(
            ScalingConfig.Mode.OFF,
            Thresholds.DEFAULT,
            PredictivePolicy.Settings.DEFAULT.withMode(PredictivePolicy.Mode.OFF),
            Autoscaler.Settings.INTERVAL,
            Duration.ZERO),
        LogRotation.Settings.DEFAULT,
        List.of(
            "env",
            "TIDELINE_REHEARSAL=60s", // or until it is warm
            distribution.java().toString(),
            "@" + distribution.options(),
            "-XX:AOTMode=record",
            "-XX:AOTConfiguration=" + recorded,
            "-Dtideline.data=" + data, // by which the guard knows the process
            "-jar",
            distribution.jar().toString(),
            "serve"));
  }

  private void create(Path recorded) throws IOException, InterruptedException {
    ToolRun.of(
            distribution.java().toString(),
            "@" + distribution.options(),
            "-XX:AOTMode=create",
            "-XX:AOTConfiguration=" + recorded,
            "-XX:AOTCache=" + distribution.aotCache(),
            "-jar",
            distribution.jar().toString())
        .orFail("the AOT cache could not be made; --no-aot goes without");
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(one);
      }
    }
  }
}
