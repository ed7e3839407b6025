package dev.tideline.scaling.policy;

import dev.tideline.scaling.forecast.Forecaster;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The threshold policy combined with a forecast. The forecast may add one instance early. It never
 * removes one, but it may keep the thresholds from removing an instance that will be needed again
 * soon. Because instances are added one at a time with a cooldown in between, it looks as far ahead
 * as the last of them takes to start. A budget limits its cost; the more of the budget is saved,
 * the more spare capacity it plans for. Not thread-safe.
 */
public final class PredictivePolicy implements ScalingPolicy {

  /** What the forecast may do. */
  public enum Mode {
    OFF,
    /** Only reports what it would do. */
    ADVISE,
    ON
  }

  /**
   * The settings of the forecast.
   *
   * @param lead time from a decision until the instance takes its full share of requests
   * @param utilization fraction of the capacity to plan with while the whole budget is saved, more
   *     than 0 and at most 1; it rises to 1 as the budget is spent
   * @param keep an instance that is needed again within this time is not removed
   * @param budget instance hours that the forecast may cost, as a fraction of those that the
   *     thresholds alone would have used; more than 0
   */
  public record Settings(
      Mode mode, Duration lead, double utilization, Duration keep, double budget) {

    public static final Settings DEFAULT =
        new Settings(Mode.ON, Duration.ofMinutes(5), 0.7, Duration.ofMinutes(30), 0.1);

    public Settings {
      boolean known = utilization > 0 && utilization <= 1 && budget > 0;
      if (!known || lead.isNegative() || keep.isNegative()) {
        throw new IllegalArgumentException(
            "a forecast's lead and keep must not be negative, its utilization and budget must be positive: %s, %s, %s, %s"
                .formatted(lead, keep, utilization, budget));
      }
    }

    public Settings withMode(Mode other) {
      return new Settings(other, lead, utilization, keep, budget);
    }

    public Settings withBudget(Duration otherLead, double otherBudget) {
      return new Settings(mode, otherLead, utilization, keep, otherBudget);
    }
  }

  private final ThresholdPolicy reactive;
  private final Forecaster forecaster;
  private final Settings settings;
  private final ForecastBudget budget;

  public PredictivePolicy(Thresholds thresholds, Forecaster forecaster, Settings settings) {
    this.reactive = new ThresholdPolicy(thresholds);
    this.forecaster = forecaster;
    this.settings = settings;
    this.budget = new ForecastBudget(new ThresholdPolicy(thresholds), settings.budget());
  }

  @Override
  public void acted(Instant at) {
    reactive.acted(at);
  }

  @Override
  public void missed(Instant at) {
    reactive.missed(at);
    budget.missed(at);
  }

  @Override
  public Decision decide(Reading reading) {
    reading.requestRate().ifPresent(rate -> forecaster.observe(reading.at(), rate));
    budget.observe(reading);
    Decision decision = reactive.decide(reading);
    if (settings.mode() == Mode.OFF || decision.action() == Decision.Action.SCALE_UP) {
      return decision;
    }
    Optional<String> early = wantsMore(reading);
    if (early.isPresent()) {
      return more(reading, decision, early.get());
    }
    if (decision.action() == Decision.Action.SCALE_DOWN
        && settings.mode() == Mode.ON
        && budget.level() > 0) {
      Optional<String> soon = neededWithin(reading, settings.keep());
      return soon.map(reason -> Decision.hold(reading, List.of(reason))).orElse(decision);
    }
    return decision;
  }

  private Decision more(Reading reading, Decision decision, String reason) {
    boolean may = !reactive.isCoolingDown(reading.at()) && !reactive.databaseIsBottleneck(reading);
    if (settings.mode() == Mode.ON && budget.level() <= 0) {
      return decision.isAction()
          ? decision
          : Decision.hold(reading, List.of(reason, "the forecast's budget is spent"));
    }
    if (settings.mode() == Mode.ON && may) {
      return Decision.up(reading, reading.instances() + 1, List.of(reason));
    }
    if (settings.mode() == Mode.ON) {
      return Decision.hold(reading, decision.reasons());
    }
    String advice = "one more instance is advised: " + reason;
    return decision.isAction()
        ? new Decision(
            decision.at(),
            decision.action(),
            decision.from(),
            decision.to(),
            ThresholdPolicy.with(decision.reasons(), advice))
        : Decision.hold(reading, ThresholdPolicy.with(decision.reasons(), advice));
  }

  /** Whether the next instance has to be started now; returns the reason if so. */
  private Optional<String> wantsMore(Reading reading) {
    int instances = reading.instances();
    int max = reactive.thresholds().bounds().max();
    for (int more = 1; instances + more <= max; more++) {
      Duration ahead =
          settings.lead().plus(reactive.thresholds().cooldown().multipliedBy(more - 1));
      Need need = need(ahead);
      if (need.instances() >= instances + more) {
        return Optional.of(need.reason());
      }
    }
    return Optional.empty();
  }

  private Optional<String> neededWithin(Reading reading, Duration length) {
    for (Duration ahead = Duration.ZERO;
        ahead.compareTo(length) <= 0;
        ahead = ahead.plusMinutes(5)) {
      Need need = need(ahead);
      if (need.instances() >= reading.instances()) {
        return Optional.of("kept: " + need.reason());
      }
    }
    return Optional.empty();
  }

  private record Need(int instances, double rate, Duration ahead) {

    String reason() {
      return String.format(
          Locale.ROOT,
          "the forecast in %d min is %.1f requests/s, which need %d instances",
          ahead.toMinutes(),
          rate,
          instances);
    }
  }

  private Need need(Duration ahead) {
    OptionalDouble forecast = forecaster.forecast(ahead);
    OptionalDouble capacity = reactive.capacity();
    if (forecast.isEmpty() || capacity.isEmpty()) {
      return new Need(0, 0, ahead);
    }
    double rate = forecast.getAsDouble();
    double planned = 1 - (1 - settings.utilization()) * budget.level();
    int instances = (int) Math.ceil(rate / (capacity.getAsDouble() * planned));
    return new Need(instances, rate, ahead);
  }
}
