package dev.tideline.fleet.balancer;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What a balancer has seen of a backend: what it is busy with, how warm it says it is, and whether
 * it fails. Thread-safe.
 */
final class Member {

  /** For how long one that refused or broke a connection is passed over. */
  static final Duration SUSPICION = Duration.ofSeconds(1);

  /** So many failed answers in a row, and it is passed over too. */
  static final int FAILURES_IN_A_ROW = 5;

  /** The longest that one is passed over; doubled from {@link #SUSPICION} on each time. */
  static final Duration EJECTION_MAX = Duration.ofSeconds(30);

  /** Even one that has done nothing yet gets this share of a warm one's requests. */
  static final double WEIGHT_MIN = 0.1;

  /**
   * Until then its share is not more than the part of this that has passed: however often its code
   * has run, its caches are empty.
   */
  static final Duration SLOW_START_MIN = Duration.ofSeconds(10);

  /** From then on it gets its full share, whatever it says. */
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

  Member(Backend backend, LongSupplier nanoClock) {
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
   * It answered.
   *
   * @param ratio how warm it says it is, 0 to 1
   * @param failed whether the answer was a failure of its own
   * @return whether it is passed over from now on
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
   * It did not answer in time: passed over for a while that grows, until it has answered again.
   * What waited for it together counts once.
   */
  synchronized void stalled() {
    long now = nanoClock.getAsLong();
    if (now - ejectedUntil >= 0) {
      eject(now);
    }
  }

  /** It refused a connection, or broke one before it had answered. */
  synchronized void suspect() {
    suspectedUntil = nanoClock.getAsLong() + SUSPICION.toNanos();
  }

  synchronized boolean isSuspected() {
    return nanoClock.getAsLong() - suspectedUntil < 0;
  }

  synchronized boolean isEjected() {
    return nanoClock.getAsLong() - ejectedUntil < 0;
  }

  /** Its share of the requests; a warm one's is 1. */
  synchronized double weight() {
    long age = nanoClock.getAsLong() - since;
    double most = (double) age / SLOW_START_MIN.toNanos();
    return age < SLOW_START_MAX.toNanos() ? Math.clamp(Math.min(warmth, most), WEIGHT_MIN, 1) : 1;
  }

  /** What it would be busy with if it got one more, as a warm one would feel it. */
  synchronized double load() {
    return (inFlight + 1) / weight();
  }

  /** Moves its turn nearer, and says how near it is. */
  synchronized double approach(double weight) {
    turn += weight;
    return turn;
  }

  /** It has had its turn, and waits for all the others'. */
  synchronized void took(double allWeights) {
    turn -= allWeights;
  }
}
