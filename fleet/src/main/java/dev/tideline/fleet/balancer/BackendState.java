package dev.tideline.fleet.balancer;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The balancer's state of a backend: requests in flight, reported warmth, and failures.
 * Thread-safe.
 */
final class BackendState {

  /** How long a backend is skipped after it refused or broke a connection. */
  static final Duration SUSPICION = Duration.ofSeconds(1);

  /** Number of consecutive failed responses after which a backend is ejected. */
  static final int FAILURES_IN_A_ROW = 5;

  /**
   * Maximum duration of an ejection. The first lasts {@link #SUSPICION}, and each further one twice
   * as long.
   */
  static final Duration EJECTION_MAX = Duration.ofSeconds(30);

  /** Minimum weight of a cold backend; a warm one has 1. */
  static final double WEIGHT_MIN = 0.1;

  /**
   * Until this age, the weight is at most the elapsed fraction of this time: the code of a new
   * instance may be warm, but its caches are empty.
   */
  static final Duration SLOW_START_MIN = Duration.ofSeconds(10);

  /** From this age on, the weight is 1, whatever warmth the backend reports. */
  static final Duration SLOW_START_MAX = Duration.ofSeconds(60);

  private final Backend backend;
  private final LongSupplier nanoClock;
  private final long since;
  private int inFlight;
  private double warmth;
  private long suspectedUntil;
  private long ejectedUntil;
  private int failures;
  private int ejections;
  private double turn;

  BackendState(Backend backend, LongSupplier nanoClock) {
    this.backend = backend;
    this.nanoClock = nanoClock;
    this.since = nanoClock.getAsLong();
    this.suspectedUntil = since;
    this.ejectedUntil = since;
  }

  Backend backend() {
    return backend;
  }

  synchronized void begin() {
    inFlight++;
  }

  synchronized void end() {
    inFlight--;
  }

  synchronized boolean isIdle() {
    return inFlight == 0;
  }

  synchronized int inFlight() {
    return inFlight;
  }

  /**
   * Called when the backend has answered.
   *
   * @param ratio reported warmth, 0 to 1
   * @param failed whether the response was a server error
   * @return whether the backend is ejected by this call
   */
  synchronized boolean answered(double ratio, boolean failed) {
    long now = nanoClock.getAsLong();
    warmth = ratio;
    suspectedUntil = now;
    if (!failed) {
      failures = 0;
      ejections = 0;
      ejectedUntil = now;
    } else if (++failures >= FAILURES_IN_A_ROW) {
      eject(now);
      return true;
    }
    return false;
  }

  private void eject(long now) {
    failures = 0;
    long longer = SUSPICION.toNanos() << Math.min(ejections++, 10);
    ejectedUntil = now + Math.min(longer, EJECTION_MAX.toNanos());
  }

  /**
   * Called when the backend did not answer in time. Ejects it for a time that grows until it
   * answers again. Concurrent timeouts count once.
   */
  synchronized void stalled() {
    long now = nanoClock.getAsLong();
    if (now - ejectedUntil >= 0) {
      eject(now);
    }
  }

  /** Called when the backend refused a connection, or broke one before it had answered. */
  synchronized void suspect() {
    suspectedUntil = nanoClock.getAsLong() + SUSPICION.toNanos();
  }

  synchronized boolean isSuspected() {
    return nanoClock.getAsLong() - suspectedUntil < 0;
  }

  synchronized boolean isEjected() {
    return nanoClock.getAsLong() - ejectedUntil < 0;
  }

  /** The relative share of requests; 1 for a warm backend. */
  synchronized double weight() {
    long age = nanoClock.getAsLong() - since;
    double most = (double) age / SLOW_START_MIN.toNanos();
    return age < SLOW_START_MAX.toNanos() ? Math.clamp(Math.min(warmth, most), WEIGHT_MIN, 1) : 1;
  }

  /** The load with one more request, divided by the weight. */
  synchronized double load() {
    return (inFlight + 1) / weight();
  }

  /** Adds the weight to the current round-robin value and returns that value. */
  synchronized double approach(double weight) {
    turn += weight;
    return turn;
  }

  /** Called when the backend was chosen; subtracts the total weight. */
  synchronized void took(double allWeights) {
    turn -= allWeights;
  }
}
