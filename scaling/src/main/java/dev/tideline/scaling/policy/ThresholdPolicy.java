package dev.tideline.scaling.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Adds an instance when any signal has been above its limit for the hold time, removes one when all
 * signals have been below theirs, and applies a cooldown after each action. A missing signal
 * triggers nothing. The hold time for adding continues through gaps of up to {@code staleAfter}.
 * The hold time for removing starts over after any gap, because an instance is removed only if it
 * is known that it is not needed. Not thread-safe.
 */
public final class ThresholdPolicy implements ScalingPolicy {

  private final Thresholds thresholds;
  private final Map<Signal, SustainedTime> above = new EnumMap<>(Signal.class);
  private final Map<Signal, SustainedTime> below = new EnumMap<>(Signal.class);
  private final CapacityEstimate learnt = new CapacityEstimate();
  private @Nullable Instant lastAction;

  public ThresholdPolicy(Thresholds thresholds) {
    this.thresholds = thresholds;
    for (Signal signal : Signal.values()) {
      above.put(signal, new SustainedTime(thresholds.staleAfter()));
      below.put(signal, new SustainedTime(thresholds.staleAfter()));
    }
  }

  public Thresholds thresholds() {
    return thresholds;
  }

  /** Requests per second that one instance can handle: the configured value, or the estimate. */
  public OptionalDouble capacity() {
    return thresholds.capacity().isPresent() ? thresholds.capacity() : learnt.perInstance();
  }

  @Override
  public void acted(Instant at) {
    lastAction = at;
  }

  @Override
  public void missed(Instant at) {
    below.values().forEach(held -> held.observe(at, false));
  }

  @Override
  public Decision decide(Reading reading) {
    learnt.observe(reading);
    observe(reading);
    Thresholds.Bounds bounds = thresholds.bounds();
    int instances = reading.instances();
    if (instances < bounds.min()) {
      // no cooldown: redundancy does not depend on load
      return Decision.up(
          reading, instances + 1, List.of("fewer than the minimum of " + bounds.min()));
    }
    List<String> up = wantsMore(reading);
    List<String> down = List.of(); // an idle fleet at the minimum needs no reason
    if (instances > bounds.max()) {
      down = List.of("more than the maximum of " + bounds.max());
    } else if (instances > bounds.min() && reading.serving() > bounds.min()) {
      // unhealthy and cold instances do not count towards the minimum
      down = wantsFewer(reading);
    }
    if (up.isEmpty() && down.isEmpty()) {
      return Decision.hold(reading, List.of());
    }
    if (isCoolingDown(reading.at())) {
      return Decision.hold(
          reading, with(up.isEmpty() ? down : up, "cooling down after the last action"));
    }
    if (!up.isEmpty() && instances <= bounds.max()) {
      return more(reading, up);
    }
    return down.isEmpty()
        ? Decision.hold(reading, up)
        : Decision.down(reading, instances - 1, down);
  }

  private Decision more(Reading reading, List<String> reasons) {
    if (reading.instances() >= thresholds.bounds().max()) {
      return Decision.hold(
          reading, with(reasons, "at the maximum of " + thresholds.bounds().max()));
    }
    if (databaseIsBottleneck(reading)) {
      return Decision.hold(
          reading,
          with(
              reasons,
              "the database is the bottleneck: requests wait %.0f ms for a connection while instances are idle (CPU %s)"
                  .formatted(
                      reading.poolWaitSeconds().orElse(0) * 1000,
                      Signal.CPU.show(reading.cpu().orElse(0)))));
    }
    return Decision.up(reading, reading.instances() + 1, reasons);
  }

  boolean isCoolingDown(Instant now) {
    Instant last = lastAction;
    return last != null && Duration.between(last, now).compareTo(thresholds.cooldown()) < 0;
  }

  boolean databaseIsBottleneck(Reading reading) {
    Thresholds.Bottleneck bottleneck = thresholds.bottleneck();
    return reading.poolWaitSeconds().isPresent()
        && reading.cpu().isPresent()
        && reading.poolWaitSeconds().getAsDouble() > bottleneck.poolWait().toNanos() / 1e9
        && reading.cpu().getAsDouble() < bottleneck.idleCpu();
  }

  private void observe(Reading reading) {
    above.forEach((signal, held) -> {
      double value = value(reading, signal);
      if (!Double.isNaN(value)) { // a gap is neither above nor below
        held.observe(reading.at(), value > thresholds.up().of(signal));
      }
    });
    below.forEach((signal, held) ->
        held.observe(
            reading.at(),
            reading.complete() && value(reading, signal) < thresholds.down().of(signal)));
  }

  /** NaN if the signal is missing; NaN is neither above nor below any limit. */
  private double value(Reading reading, Signal signal) {
    return signal.of(reading, capacity()).orElse(Double.NaN);
  }

  private List<String> wantsMore(Reading reading) {
    List<String> reasons = new ArrayList<>();
    above.forEach((signal, held) -> {
      boolean known = !Double.isNaN(value(reading, signal));
      if (known && held.isFor(thresholds.up().hold())) {
        reasons.add(reason(reading, signal, "above", thresholds.up()));
      }
    });
    return reasons;
  }

  private List<String> wantsFewer(Reading reading) {
    List<String> reasons = new ArrayList<>();
    for (Map.Entry<Signal, SustainedTime> signal : below.entrySet()) {
      if (!signal.getValue().isFor(thresholds.down().hold())) {
        return List.of();
      }
      reasons.add(reason(reading, signal.getKey(), "below", thresholds.down()));
    }
    return reasons;
  }

  private String reason(Reading reading, Signal signal, String side, Thresholds.Limits limits) {
    return "%s %s: %s %s for %s"
        .formatted(
            signal.title(),
            signal.show(value(reading, signal)),
            side,
            signal.show(limits.of(signal)),
            text(limits.hold()));
  }

  private static String text(Duration duration) {
    return duration.toMinutes() > 0 && duration.toSecondsPart() == 0
        ? duration.toMinutes() + " min"
        : duration.toSeconds() + " s";
  }

  static List<String> with(List<String> reasons, String more) {
    List<String> all = new ArrayList<>(reasons);
    all.add(more);
    return all;
  }
}
