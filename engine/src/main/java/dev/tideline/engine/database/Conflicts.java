package dev.tideline.engine.database;

import dev.tideline.engine.input.OverloadedException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs transactions again that PostgreSQL ended because another was in the way: a deadlock, or a
 * conflict of serializable ones. Nothing of them was kept, and the same may do now.
 */
final class Conflicts {

  /** Each time somebody else gets through, so that few are enough. */
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
   * Runs a transaction until no other is in its way.
   *
   * @throws OverloadedException if there always was one
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
