package dev.tideline.fleet.balancer;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the number of retries: one for every ten requests, plus a reserve, so that retries work
 * with little traffic too, but a fault that affects all instances does not multiply their load. The
 * algorithm follows Finagle ("Retry budgets" in its documentation). Thread-safe.
 */
final class RetryBudget {

  /** Number of requests that earn one retry. */
  static final int REQUESTS_PER_RETRY = 10;

  /** Retries available at the start. */
  static final int RESERVE = 100;

  /** Maximum number of saved retries. */
  static final int MAX = 1_000;

  /** The balance, in tenths of a retry. */
  private final AtomicLong tenths = new AtomicLong((long) RESERVE * REQUESTS_PER_RETRY);

  /** Called for each new request. */
  void deposit() {
    tenths.getAndUpdate(now -> Math.min(now + 1, (long) MAX * REQUESTS_PER_RETRY));
  }

  /** Spends one retry if the balance allows it; returns whether it did. */
  boolean tryWithdraw() {
    long before =
        tenths.getAndUpdate(now -> now < REQUESTS_PER_RETRY ? now : now - REQUESTS_PER_RETRY);
    return before >= REQUESTS_PER_RETRY;
  }
}
