package dev.tideline.engine.database;

import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The database refused a value. The value is at fault, not the database, and the same statement
 * would fail again. Values that were validated should never cause it.
 */
public final class RefusedValueException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Class 23 of SQLSTATE: the value conflicts with stored data, and may be accepted later. */
  private static final String INTEGRITY = "23";

  /**
   * Classes of SQLSTATE that blame the data: data exception, integrity constraint, check option,
   * program limit (PostgreSQL's documentation, appendix A).
   */
  private static final Set<String> CLASSES = Set.of("22", INTEGRITY, "44", "54");

  private static final int CAUSES_MAX = 20;

  private final String sqlState;

  public RefusedValueException(String sqlState, @Nullable Throwable cause) {
    super("the database refuses a value (SQLSTATE " + sqlState + ")", cause);
    this.sqlState = sqlState;
  }

  /** Converts the failure of a statement, if a value caused it. */
  static Optional<RefusedValueException> of(Throwable thrown) {
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        String state = sql.getSQLState();
        return state.length() == 5 && CLASSES.contains(state.substring(0, 2))
            ? Optional.of(new RefusedValueException(state, thrown))
            : Optional.empty();
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  public String sqlState() {
    return sqlState;
  }

  /** Whether the cause is other stored data, so that the same value may be accepted later. */
  public boolean mayDoLater() {
    return sqlState.startsWith(INTEGRITY);
  }
}
