package dev.tideline.scaling.simulation;

import dev.tideline.scaling.policy.Decision;
import dev.tideline.scaling.policy.Reading;
import dev.tideline.scaling.policy.ScalingPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Replays a trace against a policy: what the policy would have done, and the latency and dropped
 * requests that users would have seen.
 */
public final class Simulation {

  /** Interval between two readings, the same as an autoscaler's. */
  static final Duration STEP = Duration.ofSeconds(15);

  private static final int STEPS_PER_MINUTE = (int) Duration.ofMinutes(1).dividedBy(STEP);

  /**
   * The target of the p95 latency, the price of an instance hour, and the minimum number of
   * instances.
   */
  public record Terms(Duration p95Target, double pricePerHour, int minimum) {}

  private final Trace trace;
  private final InstanceModel model;
  private final Terms terms;

  /** When each current instance was requested, oldest first. */
  private final List<Instant> asked = new ArrayList<>();

  private final List<Timeline.Minute> minutes = new ArrayList<>();
  private double backlog;
  private double dropped;
  private double instanceSeconds;
  private int ups;
  private int downs;
  private int most;

  private Simulation(Trace trace, InstanceModel model, Terms terms) {
    this.trace = trace;
    this.model = model;
    this.terms = terms;
  }

  /** Replays the whole trace, starting with the minimum number of instances, all warm. */
  public static Timeline play(Trace trace, InstanceModel model, Terms terms, ScalingPolicy policy) {
    return new Simulation(trace, model, terms).play(policy);
  }

  private Timeline play(ScalingPolicy policy) {
    for (int i = 0; i < terms.minimum(); i++) {
      asked.add(trace.start().minus(Duration.ofHours(1)));
    }
    most = asked.size();
    double stepsAbove = 0;
    for (int minute = 0; minute < trace.minutes(); minute++) {
      double worst = 0;
      int before = asked.size();
      for (int step = 0; step < STEPS_PER_MINUTE; step++) {
        Instant now = trace.start().plusSeconds(60L * minute + (step + 1) * STEP.toSeconds());
        double p95 = step(now, trace.rate(minute), policy);
        stepsAbove += p95 > terms.p95Target().toNanos() / 1e9 ? 1 : 0;
        worst = Math.max(worst, p95);
      }
      minutes.add(
          new Timeline.Minute(
              trace.start().plusSeconds(60L * minute),
              trace.rate(minute),
              asked.size(),
              worst,
              asked.size() - before));
    }
    double hours = instanceSeconds / 3600;
    return new Timeline(
        List.copyOf(minutes),
        hours,
        stepsAbove / STEPS_PER_MINUTE,
        Math.round(dropped),
        ups,
        downs,
        most,
        hours * terms.pricePerHour());
  }

  /** Advances by one step; returns its p95 latency in seconds. */
  private double step(Instant now, double rate, ScalingPolicy policy) {
    double seconds = STEP.toSeconds();
    double capacity = 0;
    double warm = 0;
    for (Instant one : asked) {
      double share = model.share(Duration.between(one, now).toMillis() / 1e3);
      capacity += share * model.capacity();
      warm += share >= 1 ? 1 : 0;
    }
    double utilization = rate / capacity;
    backlog = Math.max(0, backlog + (rate - capacity) * seconds);
    double backlogMax = capacity * model.waitMax().toMillis() / 1e3;
    if (backlog > backlogMax) {
      dropped += backlog - backlogMax;
      backlog = backlogMax;
    }
    double p95 = model.p95(backlog > 0 ? 1 : utilization) + backlog / capacity;
    instanceSeconds += asked.size() * seconds;
    decide(
        new Reading(
            now,
            asked.size(),
            (int) warm,
            true,
            OptionalDouble.of(backlog > 0 ? 1 : Math.min(1, utilization)),
            OptionalDouble.of(model.memory()),
            OptionalDouble.of(rate),
            OptionalDouble.of(p95),
            OptionalDouble.of(0)),
        policy);
    return p95;
  }

  private void decide(Reading reading, ScalingPolicy policy) {
    Decision decision = policy.decide(reading);
    if (!decision.isAction()) {
      return;
    }
    policy.acted(reading.at());
    while (asked.size() < decision.to()) {
      asked.add(reading.at());
    }
    while (asked.size() > decision.to()) {
      asked.removeLast();
    }
    ups += decision.action() == Decision.Action.SCALE_UP ? 1 : 0;
    downs += decision.action() == Decision.Action.SCALE_DOWN ? 1 : 0;
    most = Math.max(most, asked.size());
  }
}
