package dev.tideline.cli;

import dev.tideline.scaling.policy.Thresholds;
import dev.tideline.scaling.policy.Thresholds.Bounds;
import dev.tideline.scaling.policy.Thresholds.Limits;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** The thresholds' numbers, as the plan has them unless said otherwise. */
final class ThresholdOptions {

  @Option(
      names = "--min",
      defaultValue = "2",
      description = "Fewest instances (default ${DEFAULT-VALUE}).")
  int min;

  @Option(
      names = "--max",
      defaultValue = "10",
      description = "Most instances (default ${DEFAULT-VALUE}).")
  int max;

  @Option(
      names = "--up-cpu",
      defaultValue = "70",
      description = "CPU for one more, percent (default ${DEFAULT-VALUE}).")
  double upCpu;

  @Option(
      names = "--up-rate",
      defaultValue = "80",
      description = "Requests for one more, percent of capacity (default ${DEFAULT-VALUE}).")
  double upRate;

  @Option(
      names = "--up-minutes",
      defaultValue = "5",
      description = "For so long (default ${DEFAULT-VALUE}).")
  double upMinutes;

  @Option(
      names = "--down-cpu",
      defaultValue = "30",
      description = "CPU for one less, percent (default ${DEFAULT-VALUE}).")
  double downCpu;

  @Option(
      names = "--down-rate",
      defaultValue = "40",
      description = "Requests for one less, percent of capacity (default ${DEFAULT-VALUE}).")
  double downRate;

  @Option(
      names = "--down-minutes",
      defaultValue = "10",
      description = "For so long (default ${DEFAULT-VALUE}).")
  double downMinutes;

  @Option(
      names = "--cooldown-minutes",
      defaultValue = "5",
      description = "Between two actions (default ${DEFAULT-VALUE}).")
  double cooldownMinutes;

  /** The same options, for another process. */
  List<String> arguments() {
    return List.of(
        "--min=" + min,
        "--max=" + max,
        "--up-cpu=" + upCpu,
        "--up-rate=" + upRate,
        "--up-minutes=" + upMinutes,
        "--down-cpu=" + downCpu,
        "--down-rate=" + downRate,
        "--down-minutes=" + downMinutes,
        "--cooldown-minutes=" + cooldownMinutes);
  }

  /**
   * What was asked for.
   *
   * @throws IllegalArgumentException if the numbers do not fit together; with which and why
   */
  Thresholds thresholds() {
    Limits up = Thresholds.DEFAULT.up();
    Limits down = Thresholds.DEFAULT.down();
    return Thresholds.DEFAULT
        .withDown(
            new Limits(
                downCpu / 100, down.memory(), downRate / 100, down.p95(), minutes(downMinutes)))
        .withUp(new Limits(upCpu / 100, up.memory(), upRate / 100, up.p95(), minutes(upMinutes)))
        .withBounds(new Bounds(min, max))
        .withTimes(minutes(cooldownMinutes), Thresholds.DEFAULT.staleAfter());
  }

  private static Duration minutes(double minutes) {
    return Duration.ofSeconds(Math.round(minutes * 60));
  }
}
