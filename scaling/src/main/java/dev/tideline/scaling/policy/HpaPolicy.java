package dev.tideline.scaling.policy;

import dev.tideline.scaling.policy.HpaSettings.Behavior;
import dev.tideline.scaling.policy.HpaSettings.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Kubernetes' HorizontalPodAutoscaler, for comparison: {@code ceil(current * value / target)} of
 * the metric with the highest result, a tolerance, stabilization windows and scaling policies, as
 * described in its documentation ("Horizontal Pod Autoscaling", algorithm details and configurable
 * scaling behavior). Pods that are not ready count as idle on a scale-up and are ignored on a
 * scale-down. If a metric is missing, no pod is removed. Not thread-safe.
 */
public final class HpaPolicy implements ScalingPolicy {

  /**
   * A recommendation. Without metrics it is the current number, which prevents a scale-down but not
   * a scale-up.
   */
  private record Recommendation(Instant at, int replicas, boolean measured) {}

  private record Change(Instant at, int by) {}

  private final HpaSettings settings;
  private final Deque<Recommendation> recommended = new ArrayDeque<>();
  private final Deque<Change> changes = new ArrayDeque<>();
  private @Nullable Decision last;

  public HpaPolicy(HpaSettings settings) {
    this.settings = settings;
  }

  @Override
  public void acted(Instant at) {
    Decision decision = last;
    if (decision != null) {
      changes.addLast(new Change(at, decision.to() - decision.from()));
    }
  }

  @Override
  public Decision decide(Reading reading) {
    Decision decision = decided(reading);
    last = decision.isAction() ? decision : null;
    return decision;
  }

  /**
   * Does nothing: the stabilization windows contain recommendations, and a missed reading makes
   * none.
   */
  @Override
  public void missed(Instant at) {}

  private Decision decided(Reading reading) {
    forget(reading.at());
    int current = reading.instances();
    List<String> reasons = new ArrayList<>();
    int wanted = clamp(desired(reading, reasons));
    boolean measured = reading.cpu().isPresent() || reading.memory().isPresent();
    recommended.addLast(new Recommendation(reading.at(), wanted, measured));
    int stable = stabilized(reading.at(), current, wanted);
    int allowed = clamp(limited(reading.at(), current, stable));
    if (allowed > current) {
      return Decision.up(reading, allowed, reasons);
    }
    return allowed < current
        ? Decision.down(reading, allowed, reasons)
        : Decision.hold(reading, wanted == current ? List.of() : reasons);
  }

  private int clamp(int replicas) {
    return Math.clamp(replicas, settings.bounds().min(), settings.bounds().max());
  }

  /**
   * The highest number that any metric asks for; at least the current number while one is missing.
   */
  private int desired(Reading reading, List<String> reasons) {
    int current = reading.instances();
    int most = 0;
    boolean missing = !reading.complete();
    OptionalDouble[] values = {reading.cpu(), reading.memory()};
    double[] targets = {settings.cpu(), settings.memory()};
    for (int i = 0; i < values.length; i++) {
      if (targets[i] <= 0) {
        continue;
      }
      OptionalInt proposed = proposed(reading, values[i], targets[i]);
      missing |= proposed.isEmpty();
      if (proposed.isPresent() && proposed.getAsInt() > most) {
        most = proposed.getAsInt();
        reasons.clear();
        reasons.add(
            String.format(
                Locale.ROOT,
                "%s %.0f %% of a target of %.0f %%",
                i == 0 ? "CPU" : "memory",
                values[i].orElse(0) * 100,
                targets[i] * 100));
      }
    }
    return most == 0 || (missing && most < current) ? current : most;
  }

  private OptionalInt proposed(Reading reading, OptionalDouble value, double target) {
    if (value.isEmpty() || reading.serving() == 0) {
      return OptionalInt.empty();
    }
    int current = reading.instances();
    double ratio = value.getAsDouble() / target;
    if (Math.abs(ratio - 1) <= settings.tolerance()) {
      return OptionalInt.of(current);
    }
    int unready = Math.max(0, current - reading.serving());
    if (unready == 0) {
      return OptionalInt.of((int) Math.ceil(ratio * current));
    }
    if (ratio < 1) {
      return OptionalInt.of((int) Math.ceil(ratio * reading.serving()));
    }
    double damped = ratio * reading.serving() / current;
    boolean turned = damped < 1 || Math.abs(damped - 1) <= settings.tolerance();
    return OptionalInt.of(turned ? current : (int) Math.ceil(damped * current));
  }

  private int stabilized(Instant now, int current, int wanted) {
    int atLeast = wanted;
    int atMost = wanted;
    for (Recommendation one : recommended) {
      if (one.measured() && isWithin(one.at(), now, settings.scaleUp().stabilization())) {
        atMost = Math.min(atMost, one.replicas());
      }
      if (isWithin(one.at(), now, settings.scaleDown().stabilization())) {
        atLeast = Math.max(atLeast, one.replicas());
      }
    }
    if (current < atMost) {
      return atMost;
    }
    return Math.min(current, atLeast);
  }

  private static boolean isWithin(Instant at, Instant now, Duration window) {
    return !at.isBefore(now.minus(window));
  }

  private int limited(Instant now, int current, int wanted) {
    if (wanted > current) {
      return Math.min(wanted, highest(now, current, settings.scaleUp()));
    }
    return wanted < current ? Math.max(wanted, lowest(now, current, settings.scaleDown())) : wanted;
  }

  private int highest(Instant now, int current, Behavior behavior) {
    int highest = current;
    for (Rule rule : behavior.rules()) {
      int before = current - changedWithin(now, rule.period());
      highest =
          Math.max(
              highest,
              switch (rule) {
                case Rule.Pods(int count, Duration period) -> before + count;
                case Rule.Percent(int percent, Duration period) ->
                    (int) Math.ceil(before * (1 + percent / 100.0));
              });
    }
    return highest;
  }

  private int lowest(Instant now, int current, Behavior behavior) {
    int lowest = current;
    for (Rule rule : behavior.rules()) {
      int before = current - changedWithin(now, rule.period());
      lowest =
          Math.min(
              lowest,
              switch (rule) {
                case Rule.Pods(int count, Duration period) -> before - count;
                case Rule.Percent(int percent, Duration period) ->
                    (int) (before * (1 - percent / 100.0));
              });
    }
    return lowest;
  }

  /** By how much the number of replicas has changed within the last period. */
  private int changedWithin(Instant now, Duration period) {
    return changes.stream()
        .filter(change -> change.at().isAfter(now.minus(period)))
        .mapToInt(Change::by)
        .sum();
  }

  private void forget(Instant now) {
    Duration kept = settings.scaleDown().stabilization();
    kept =
        kept.compareTo(settings.scaleUp().stabilization()) > 0
            ? kept
            : settings.scaleUp().stabilization();
    while (!recommended.isEmpty() && !isWithin(recommended.peekFirst().at(), now, kept)) {
      recommended.removeFirst();
    }
    while (!changes.isEmpty() && !isWithin(changes.peekFirst().at(), now, Duration.ofHours(1))) {
      changes.removeFirst();
    }
  }
}
