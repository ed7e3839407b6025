package dev.tideline.routing;

import dev.tideline.routing.node.SqlFailure;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/**
 * The one place that knows which of a database's errors are of the moment: the same again may
 * succeed when there is room, a connection or a primary again. What the statement or its data are
 * to blame for is none of them.
 */
public final class TemporaryFailure {

  /**
   * Classes of SQLSTATE (PostgreSQL's manual, appendix A): no connection, insufficient resources (a
   * full disk, no memory, no connection left), shutdown and cancellation, trouble of the system
   * beneath.
   */
  private static final Set<String> CLASSES = Set.of("08", "53", "57", "58");

  /** Serialization, deadlock, a lock not had, a standby asked to write, an idle session ended. */
  private static final Set<String> STATES = Set.of("40001", "40P01", "55P03", "25006", "25P03");

  private TemporaryFailure() {}

  /** What to tell who asked, if the failure is of the moment. */
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
        ? Optional.of("The database cannot do it now.")
        : Optional.empty();
  }
}
