package dev.tideline.fleet.autoscaling;

import dev.tideline.embedded.process.BackgroundLoop;
import dev.tideline.fleet.autoscaling.ScalingHistory.Event;
import dev.tideline.scaling.policy.Decision;
import dev.tideline.scaling.policy.Decision.Action;
import dev.tideline.scaling.policy.Reading;
import dev.tideline.scaling.policy.ScalingPolicy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a reading at each interval, asks the policy for a decision and carries it out. Only one of
 * a fleet's autoscalers acts at a time. Every action is stored with its reasons. The cooldown is
 * counted from the last stored action, also after a restart, and applies to failed actions too.
 * Below the minimum, where the policy has no cooldown, a failed action is retried after a pause
 * that doubles with each failure, up to five minutes. Thread-safe.
 */
public final class Autoscaler implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Autoscaler.class);

  private static final int EVENTS_KNOWN = 10;

  /** Maximum pause before a failed action is retried. */
  static final Duration RETRY_MAX = Duration.ofMinutes(5);

  /**
   * Settings of the control loop.
   *
   * @param interval time between two readings
   * @param dryRun whether actions are only logged, not carried out
   */
  public record Settings(Duration interval, boolean dryRun) {

    public static final Duration INTERVAL = Duration.ofSeconds(15);

    public Settings {
      if (!interval.isPositive()) {
        throw new IllegalArgumentException("interval not positive: " + interval);
      }
    }
  }

  /** The current state, for {@code status}. */
  public record View(boolean leads, @Nullable Reading reading, @Nullable Decision decision) {

    public static final View NONE = new View(false, null, null);
  }

  private final Settings settings;
  private final ReadingSource source;
  private final ScalingPolicy policy;
  private final ScalingTarget target;
  private final ScalingHistory history;
  private final Clock clock;
  private final Map<Action, LongAdder> actions = new EnumMap<>(Action.class);
  private volatile View view = View.NONE;
  private volatile List<Event> latest = List.of();
  private boolean remembers;
  private Instant retryAfter = Instant.MIN;
  private List<String> said = List.of();
  private @Nullable BackgroundLoop loop;

  public Autoscaler(
      Settings settings,
      ReadingSource source,
      ScalingPolicy policy,
      ScalingTarget target,
      ScalingHistory history,
      Clock clock) {
    this.settings = settings;
    this.source = source;
    this.policy = policy;
    this.target = target;
    this.history = history;
    this.clock = clock;
    for (Action action : Action.values()) {
      actions.put(action, new LongAdder());
    }
  }

  /** Starts the control loop. */
  public void start() {
    loop = BackgroundLoop.start("autoscaler", this::round);
  }

  private boolean round() throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(settings.interval().toNanos());
    try {
      step();
    } catch (RuntimeException e) {
      log.warn("the scaling round failed: {}", e.toString());
      log.debug("the scaling round failed", e);
    }
    return true;
  }

  /** Runs one round: one reading, one decision, at most one action. */
  void step() throws InterruptedException {
    Reading reading;
    Optional<String> pause;
    try {
      if (!history.leads()) {
        view = View.NONE;
        remembers = false; // another autoscaler acts meanwhile
        policy.missed(clock.instant());
        return;
      }
      remember();
      reading = source.read(clock.instant());
      pause = target.pause();
    } catch (RuntimeException e) {
      policy.missed(clock.instant());
      throw e;
    }
    Decision decision =
        pause.map(why -> rest(reading, why)).orElseGet(() -> policy.decide(reading));
    view = new View(true, reading, decision);
    if (decision.isAction() && clock.instant().isBefore(retryAfter)) {
      say(List.of("the last action failed: next attempt after " + retryAfter));
    } else if (decision.isAction()) {
      act(decision);
    } else {
      say(decision.reasons());
    }
  }

  /**
   * Holds during a pause. Readings taken in a pause must not cause a removal afterwards, so they
   * count as missed.
   */
  private Decision rest(Reading reading, String why) {
    policy.missed(reading.at());
    int instances = reading.instances();
    return new Decision(reading.at(), Action.HOLD, instances, instances, List.of(why));
  }

  private void remember() {
    if (!remembers) {
      latest = history.latest(EVENTS_KNOWN);
      latest.stream()
          .findFirst()
          .map(event -> event.decision().at())
          .ifPresent(at -> {
            policy.acted(at);
            pause(at);
          });
      remembers = true;
    }
  }

  /**
   * Sets the time before which a failed action is not retried. The pause doubles with each
   * consecutive failure.
   */
  private void pause(Instant since) {
    int failures = (int) latest.stream().takeWhile(event -> event.failure() != null).count();
    Duration pause = settings.interval().multipliedBy(1L << failures);
    retryAfter =
        failures == 0
            ? Instant.MIN
            : since.plus(pause.compareTo(RETRY_MAX) < 0 ? pause : RETRY_MAX);
  }

  private void act(Decision decision) throws InterruptedException {
    String what =
        "%s from %d to %d instances: %s"
            .formatted(
                decision.action().label().replace('_', ' '),
                decision.from(),
                decision.to(),
                String.join("; ", decision.reasons()));
    if (settings.dryRun()) {
      say(List.of("would " + what));
      return;
    }
    log.info("{}", what);
    said = List.of();
    String failure = null;
    try {
      target.scaleTo(decision.to());
      actions.getOrDefault(decision.action(), new LongAdder()).increment();
    } catch (RuntimeException e) {
      failure = String.valueOf(e.getMessage());
      log.error("cannot {}: {}", what, failure);
    }
    policy.acted(clock.instant());
    Event event = new Event(decision, failure);
    latest = Stream.concat(Stream.of(event), latest.stream()).limit(EVENTS_KNOWN).toList();
    pause(clock.instant());
    history.record(event);
  }

  /** Logs the reasons for not acting when they change, not at every reading. */
  private void say(List<String> reasons) {
    if (!reasons.isEmpty() && !kinds(reasons).equals(kinds(said))) {
      log.info("{}", String.join("; ", reasons));
    }
    said = reasons;
  }

  /** The reasons without figures, which differ each time. */
  private static List<String> kinds(List<String> reasons) {
    return reasons.stream().map(reason -> reason.replaceAll("[0-9.]+", "")).toList();
  }

  public View view() {
    return view;
  }

  /**
   * The last events, newest first. They are kept in memory, so this does not wait for the database.
   */
  public List<Event> latest() {
    return latest;
  }

  /** How often the action was carried out since the start. */
  public long count(Action action) {
    return Optional.ofNullable(actions.get(action)).map(LongAdder::sum).orElse(0L);
  }

  /** Stops the control loop. An action in progress is interrupted. */
  @Override
  public void close() {
    BackgroundLoop running = loop;
    if (running != null) {
      running.close();
      try {
        running.join(ChronoUnit.FOREVER.getDuration());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
