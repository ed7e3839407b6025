package dev.tideline.engine.database;

import dev.tideline.engine.input.OverloadedException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Retries transactions that PostgreSQL aborted because of another transaction: after a deadlock or
 * a serialization failure. An aborted transaction changed nothing, and a retry may succeed.
 */
final class Conflicts {

  /** In each conflict another transaction succeeds, so a few attempts are enough. */
  static final int ATTEMPTS_MAX = 5;

  /** {@code deadlock_detected} and {@code serialization_failure}. */
  private static final Set<String> STATES = Set.of("40P01", "40001");

  private static final int CAUSES_MAX = 20;

  private Conflicts() {}

  /** A transaction. */
  @FunctionalInterface
  interface Unit<T extends @Nullable Object> {
    T run() throws SQLException;
  }

  /**
   * Runs a transaction until it does not conflict with another.
   *
   * @throws OverloadedException if every attempt conflicted
   */
  static <T extends @Nullable Object> T retry(Unit<T> unit) throws SQLException {
    for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      try {
        return unit.run();
      } catch (SQLException | RuntimeException e) {
        if (!isConflict(e)) {
          throw e;
        }
      }
    }
    throw new OverloadedException(
        "The write conflicted with others %d times in a row; nothing was changed. Try again."
            .formatted(ATTEMPTS_MAX));
  }

  private static boolean isConflict(Throwable thrown) {
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
      if (cause instanceof SQLException sql && STATES.contains(String.valueOf(sql.getSQLState()))) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
