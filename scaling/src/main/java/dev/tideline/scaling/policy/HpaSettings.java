package dev.tideline.scaling.policy;

import java.time.Duration;
import java.util.List;

/**
 * What a HorizontalPodAutoscaler (autoscaling/v2) is told.
 *
 * @param cpu target of mean utilisation, 0 to 1
 * @param memory the same; none if not positive
 * @param tolerance so far off the target nothing is done, 0.1 where a cluster does not say
 *     otherwise
 */
public record HpaSettings(
    double cpu,
    double memory,
    double tolerance,
    Behavior scaleUp,
    Behavior scaleDown,
    Thresholds.Bounds bounds) {

  /**
   * How fast it may change; of several rules the one that allows most counts.
   *
   * @param stabilization the most cautious recommendation of so long counts
   */
  public record Behavior(Duration stabilization, List<Rule> rules) {

    public Behavior {
      rules = List.copyOf(rules);
    }
  }

  /** By how much it may change in a period. */
  public sealed interface Rule {

    Duration period();

    /** So many pods. */
    record Pods(int count, Duration period) implements Rule {}

    /** So many percent of the pods that there were. */
    record Percent(int percent, Duration period) implements Rule {}
  }

  /** What a cluster does where nothing is said. */
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

  /** As near to the plan as it can be told: one pod in five minutes. */
  public static final HpaSettings ONE_BY_ONE =
      new HpaSettings(
          0.70,
          0.80,
          0.1,
          new Behavior(Duration.ZERO, List.of(new Rule.Pods(1, Duration.ofMinutes(5)))),
          new Behavior(Duration.ofMinutes(10), List.of(new Rule.Pods(1, Duration.ofMinutes(5)))),
          Thresholds.DEFAULT.bounds());
}
