package dev.tideline.routing.node;

import java.time.Duration;

/**
 * Settings of the pools, one for each node.
 *
 * @param size most connections to each node, 1 to 1,000
 * @param acquireTimeout longest wait for a connection of a pool, at least 250 ms
 * @param statementTimeout longest time that the server spends on a statement, in whole seconds;
 *     then the server cancels it with SQLSTATE 57014. A connection that stays silent for 5 s more
 *     is closed. A caller that needs more time sets both for a transaction: {@code SET LOCAL
 *     statement_timeout} and {@link java.sql.Connection#setNetworkTimeout}
 */
public record PoolSettings(int size, Duration acquireTimeout, Duration statementTimeout) {

  public static final int SIZE_MAX = 1_000;
  public static final Duration ACQUIRE_TIMEOUT_MIN = Duration.ofMillis(250);

  /** 20 connections, 1 s of waiting for one, 15 s for a statement. */
  public static final PoolSettings DEFAULT =
      new PoolSettings(20, Duration.ofSeconds(1), Duration.ofSeconds(15));

  public PoolSettings {
    if (size < 1 || size > SIZE_MAX) {
      throw new IllegalArgumentException("pool size outside 1..1000: " + size);
    }
    if (acquireTimeout.compareTo(ACQUIRE_TIMEOUT_MIN) < 0) {
      throw new IllegalArgumentException("acquire timeout under 250 ms: " + acquireTimeout);
    }
    if (statementTimeout.toSeconds() < 1) {
      throw new IllegalArgumentException("statement timeout under 1 s: " + statementTimeout);
    }
  }
}
