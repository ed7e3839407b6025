package dev.tideline.cli;

import dev.tideline.scaling.policy.PredictivePolicy;
import dev.tideline.scaling.policy.Thresholds;
import dev.tideline.scaling.policy.Thresholds.Bounds;
import dev.tideline.scaling.policy.Thresholds.Limits;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** The numbers of the policies, with their defaults. */
final class PolicyOptions {

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
      description = "CPU above which an instance is added, percent (default ${DEFAULT-VALUE}).")
  double upCpu;

  @Option(
      names = "--up-memory",
      defaultValue = "80",
      description = "Memory above which an instance is added, percent (default ${DEFAULT-VALUE}).")
  double upMemory;

  @Option(
      names = "--up-rate",
      defaultValue = "80",
      description =
          "Requests above which an instance is added, percent of capacity (default ${DEFAULT-VALUE}).")
  double upRate;

  @Option(
      names = "--up-p95",
      defaultValue = "300",
      description =
          "95th percentile of latency for one more, milliseconds (default ${DEFAULT-VALUE}).")
  double upP95;

  @Option(
      names = "--up-minutes",
      defaultValue = "5",
      description = "How long the limit must be passed (default ${DEFAULT-VALUE}).")
  double upMinutes;

  @Option(
      names = "--down-cpu",
      defaultValue = "30",
      description = "CPU below which an instance is removed, percent (default ${DEFAULT-VALUE}).")
  double downCpu;

  @Option(
      names = "--down-memory",
      defaultValue = "50",
      description =
          "Memory below which an instance is removed, percent (default ${DEFAULT-VALUE}).")
  double downMemory;

  @Option(
      names = "--down-rate",
      defaultValue = "40",
      description =
          "Requests below which an instance is removed, percent of capacity (default ${DEFAULT-VALUE}).")
  double downRate;

  @Option(
      names = "--down-p95",
      defaultValue = "100",
      description =
          "95th percentile of latency for one less, milliseconds (default ${DEFAULT-VALUE}).")
  double downP95;

  @Option(
      names = "--down-minutes",
      defaultValue = "10",
      description = "How long the limit must be passed (default ${DEFAULT-VALUE}).")
  double downMinutes;

  @Option(
      names = "--cooldown-minutes",
      defaultValue = "5",
      description = "Pause between two actions (default ${DEFAULT-VALUE}).")
  double cooldownMinutes;

  @Option(
      names = "--forecast-lead-minutes",
      defaultValue = "5",
      description = "How far ahead a forecast looks (default ${DEFAULT-VALUE}).")
  double leadMinutes;

  @Option(
      names = "--forecast-budget",
      defaultValue = "10",
      description =
          "Instance hours that forecasts may cost, percent of those without them (default"
              + " ${DEFAULT-VALUE}).")
  double budget;

  /** The same options, for another process. */
  List<String> arguments() {
    return List.of(
        "--min=" + min,
        "--max=" + max,
        "--up-cpu=" + upCpu,
        "--up-memory=" + upMemory,
        "--up-rate=" + upRate,
        "--up-p95=" + upP95,
        "--up-minutes=" + upMinutes,
        "--down-cpu=" + downCpu,
        "--down-memory=" + downMemory,
        "--down-rate=" + downRate,
        "--down-p95=" + downP95,
        "--down-minutes=" + downMinutes,
        "--cooldown-minutes=" + cooldownMinutes,
        "--forecast-lead-minutes=" + leadMinutes,
        "--forecast-budget=" + budget);
  }

  /** Ten times as much as there is: more is a mistake. */
  private static final double PERCENT_MAX = 1_000;

  private static final double P95_MILLIS_MAX = 600_000;
  private static final double MINUTES_MAX = 24 * 60;
  private static final int INSTANCES_MAX = 1_000;

  private void check() {
    Ranges.check("--min", min, 1, INSTANCES_MAX);
    Ranges.check("--max", max, 1, INSTANCES_MAX);
    Ranges.check("--up-cpu", upCpu, 1, PERCENT_MAX);
    Ranges.check("--up-memory", upMemory, 1, PERCENT_MAX);
    Ranges.check("--up-rate", upRate, 1, PERCENT_MAX);
    Ranges.check("--up-p95", upP95, 1, P95_MILLIS_MAX);
    Ranges.check("--up-minutes", upMinutes, 0, MINUTES_MAX);
    Ranges.check("--down-cpu", downCpu, 0.1, PERCENT_MAX);
    Ranges.check("--down-memory", downMemory, 0.1, PERCENT_MAX);
    Ranges.check("--down-rate", downRate, 0.1, PERCENT_MAX);
    Ranges.check("--down-p95", downP95, 0.1, P95_MILLIS_MAX);
    Ranges.check("--down-minutes", downMinutes, 0, MINUTES_MAX);
    Ranges.check("--cooldown-minutes", cooldownMinutes, 0, MINUTES_MAX);
    Ranges.check("--forecast-lead-minutes", leadMinutes, 0, MINUTES_MAX);
    Ranges.check("--forecast-budget", budget, 0.1, PERCENT_MAX);
  }

  /**
   * The settings of these options.
   *
   * @throws IllegalArgumentException if a number is out of its range, or they do not fit together;
   *     with which and why
   */
  Thresholds thresholds() {
    check();
    return Thresholds.DEFAULT
        .withLimits(
            limits(upCpu, upMemory, upRate, upP95, upMinutes),
            limits(downCpu, downMemory, downRate, downP95, downMinutes))
        .withBounds(new Bounds(min, max))
        .withTimes(minutes(cooldownMinutes), Thresholds.DEFAULT.staleAfter());
  }

  /**
   * The settings of these options.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  PredictivePolicy.Settings forecast(PredictivePolicy.Mode mode) {
    check();
    return PredictivePolicy.Settings.DEFAULT
        .withMode(mode)
        .withBudget(minutes(leadMinutes), budget / 100);
  }

  /** All but the minutes: percent, milliseconds for p95. */
  private static Limits limits(
      double cpu, double memory, double rate, double p95, double holdMinutes) {
    return new Limits(
        cpu / 100,
        memory / 100,
        rate / 100,
        Duration.ofNanos(Math.round(p95 * 1e6)),
        minutes(holdMinutes));
  }

  private static Duration minutes(double minutes) {
    return Duration.ofSeconds(Math.round(minutes * 60));
  }
}
