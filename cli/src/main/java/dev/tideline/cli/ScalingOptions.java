package dev.tideline.cli;

import dev.tideline.fleet.autoscaling.Autoscaler;
import dev.tideline.fleet.autoscaling.ScalingConfig;
import dev.tideline.scaling.policy.PredictivePolicy;
import dev.tideline.scaling.policy.Thresholds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How an autoscaler reads and decides, wherever instances are. */
final class ScalingOptions {

  static final double CAPACITY_MIN = 0.01;
  static final double CAPACITY_MAX = 1_000_000;
  private static final double SCALING_SECONDS_MAX = 3_600;

  @Option(
      names = "--forecast",
      description = "off, advise or on: add instances before they are needed (default off).",
      defaultValue = "off")
  PredictivePolicy.Mode forecast = PredictivePolicy.Mode.OFF;

  @Option(
      names = "--capacity",
      paramLabel = "REQUESTS/S",
      description =
          "Requests per second that one instance can serve (default: learned from its CPU).")
  @Nullable Double capacity;

  @Option(
      names = "--scaling-interval",
      description = "Pause between two readings of instances (default ${DEFAULT-VALUE}).",
      defaultValue = "15s",
      converter = UpCommand.SecondsConverter.class)
  Duration interval = Autoscaler.Settings.INTERVAL;

  @Option(
      names = "--scaling-warm-up",
      description =
          "For how long an instance that has come is not measured (default ${DEFAULT-VALUE}).",
      defaultValue = "60s",
      converter = UpCommand.SecondsConverter.class)
  Duration warmUp = Duration.ofSeconds(60);

  @Mixin PolicyOptions numbers = new PolicyOptions();

  /**
   * The configuration of these options.
   *
   * @param adjusted what becomes of the thresholds
   * @throws CommandException if the numbers do not fit together
   */
  ScalingConfig config(ScalingConfig.Mode mode, UnaryOperator<Thresholds> adjusted) {
    try {
      if (capacity != null) {
        Ranges.check("--capacity", capacity, CAPACITY_MIN, CAPACITY_MAX);
      }
      Ranges.check(
          "--scaling-interval (seconds)", interval.toMillis() / 1e3, 0.1, SCALING_SECONDS_MAX);
      Ranges.check("--scaling-warm-up (seconds)", warmUp.toMillis() / 1e3, 0, SCALING_SECONDS_MAX);
      Thresholds asked = adjusted.apply(numbers.thresholds());
      return new ScalingConfig(
          mode,
          capacity == null ? asked : asked.withCapacity(capacity),
          numbers.forecast(forecast),
          interval,
          warmUp);
    } catch (IllegalArgumentException e) {
      throw new CommandException(String.valueOf(e.getMessage()));
    }
  }

  /** The same options, for another process. */
  List<String> arguments() {
    List<String> arguments = new ArrayList<>(numbers.arguments());
    arguments.addAll(
        List.of(
            "--forecast=" + forecast.name(),
            "--scaling-interval=" + UpCommand.seconds(interval),
            "--scaling-warm-up=" + UpCommand.seconds(warmUp)));
    if (capacity != null) {
      arguments.add("--capacity=" + capacity);
    }
    return arguments;
  }
}
