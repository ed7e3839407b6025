package dev.tideline.routing;

import dev.tideline.routing.node.SqlFailure;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which database errors are temporary: the same work may succeed later, when there is
 * space, a connection or a primary again. Errors caused by the statement or its data are not
 * temporary. No other class makes this decision.
 */
public final class TemporaryFailure {

  /**
   * Classes of SQLSTATE (PostgreSQL's manual, appendix A): connection exception, insufficient
   * resources (disk full, out of memory, too many connections), operator intervention (shutdown,
   * cancellation), system error.
   */
  private static final Set<String> CLASSES = Set.of("08", "53", "57", "58");

  /**
   * Serialization failure, deadlock, lock not available, read-only transaction (such as on a
   * standby), idle-in-transaction timeout.
   */
  private static final Set<String> STATES = Set.of("40001", "40P01", "55P03", "25006", "25P03");

  private TemporaryFailure() {}

  /** The message for the client, if the failure is temporary; otherwise empty. */
  public static Optional<String> explain(Throwable thrown) {
    SQLException exception = SqlFailure.sqlException(thrown);
    String state = exception == null ? null : exception.getSQLState();
    if (state == null || state.length() != 5) {
      return Optional.empty();
    }
    if (state.startsWith("53")) {
      return Optional.of("The database is out of disk space, memory or connections.");
    }
    return CLASSES.contains(state.substring(0, 2)) || STATES.contains(state)
        ? Optional.of("The database cannot do this now.")
        : Optional.empty();
  }
}
