package dev.tideline.scaling.policy;

import java.time.Duration;
import java.util.List;

/**
 * Settings of a HorizontalPodAutoscaler (autoscaling/v2).
 *
 * @param cpu target of mean CPU utilization, 0 to 1
 * @param memory target of mean memory utilization, 0 to 1; not used unless positive
 * @param tolerance relative deviation from the target that is ignored; a cluster's default is 0.1
 */
public record HpaSettings(
    double cpu,
    double memory,
    double tolerance,
    Behavior scaleUp,
    Behavior scaleDown,
    Thresholds.Bounds bounds) {

  /**
   * How fast the number of pods may change. If there are several rules, the one that allows the
   * largest change applies.
   *
   * @param stabilization window in which the most cautious recommendation applies
   */
  public record Behavior(Duration stabilization, List<Rule> rules) {

    public Behavior {
      rules = List.copyOf(rules);
    }
  }

  /** By how much the number of pods may change in a period. */
  public sealed interface Rule {

    Duration period();

    /** A number of pods. */
    record Pods(int count, Duration period) implements Rule {}

    /** A percentage of the pods at the start of the period. */
    record Percent(int percent, Duration period) implements Rule {}
  }

  /** A cluster's default behavior. */
  public static final HpaSettings DEFAULT =
      new HpaSettings(
          0.70,
          0.80,
          0.1,
          new Behavior(
              Duration.ZERO,
              List.of(
                  new Rule.Percent(100, Duration.ofSeconds(15)),
                  new Rule.Pods(4, Duration.ofSeconds(15)))),
          new Behavior(
              Duration.ofMinutes(5), List.of(new Rule.Percent(100, Duration.ofSeconds(15)))),
          Thresholds.DEFAULT.bounds());

  /** The closest that an HPA can be configured to the plan: one pod in five minutes. */
  public static final HpaSettings ONE_BY_ONE =
      new HpaSettings(
          0.70,
          0.80,
          0.1,
          new Behavior(Duration.ZERO, List.of(new Rule.Pods(1, Duration.ofMinutes(5)))),
          new Behavior(Duration.ofMinutes(10), List.of(new Rule.Pods(1, Duration.ofMinutes(5)))),
          Thresholds.DEFAULT.bounds());
}
