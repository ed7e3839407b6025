package dev.tideline.fleet.balancer;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many requests may be sent again: one for every ten that come, and some in reserve, so that
 * little traffic can lose an instance too, but a fault that all instances share does not multiply
 * the load on them. As Finagle does it ("Retry budgets" in its documentation). Thread-safe.
 */
final class RetryBudget {

  /** Sent again for every so many. */
  static final int REQUESTS_PER_RETRY = 10;

  /** Retries that are there before anything has been saved up. */
  static final int RESERVE = 100;

  /** More are not saved up. */
  static final int MAX = 1_000;

  /** In tenths of a retry. */
  private final AtomicLong tenths = new AtomicLong((long) RESERVE * REQUESTS_PER_RETRY);

  /** A request came. */
  void deposit() {
    tenths.getAndUpdate(now -> Math.min(now + 1, (long) MAX * REQUESTS_PER_RETRY));
  }

  /** Whether one may be sent again, which is then spent. */
  boolean tryWithdraw() {
    long before =
        tenths.getAndUpdate(now -> now < REQUESTS_PER_RETRY ? now : now - REQUESTS_PER_RETRY);
    return before >= REQUESTS_PER_RETRY;
  }
}
