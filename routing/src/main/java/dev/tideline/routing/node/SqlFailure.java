package dev.tideline.routing.node;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an exception says about the node that returned it. */
public enum SqlFailure {
  /** The statement or the data is at fault: any node would return the same error. */
  STATEMENT,
  /** The statement exceeded its time limit or was canceled. */
  TOO_SLOW,
  /** The connection is lost; a probe determines whether the node is down. */
  CONNECTION_LOST,
  /** The node is up but cannot do this now: replay removed a snapshot, or the node is read-only. */
  RETRY_ELSEWHERE,
  /** The node does not know a table, column or function: a replica may not have it yet. */
  UNKNOWN_OBJECT,
  /** No replica can do it: it reads an unlogged table, or is in a SERIALIZABLE transaction. */
  NOT_ON_STANDBY;

  /** The router's own SQLSTATE for a replica that has not replayed what a read must show. */
  public static final String BEHIND = "TL001";

  private static final String READ_ONLY = "25006";

  /** Not implemented at all, or not on a standby. */
  private static final String NOT_SUPPORTED = "0A000";

  private static final int CAUSES_MAX = 20;

  private static final String CANCELED = "57014";

  private static final String CONNECTION = "08";

  /** The connection was closed on the client's side. */
  private static final String CLOSED_HERE = "08003";

  /** Too few connections, memory or disk; a server that reports this is up. */
  private static final String NO_RESOURCES = "53";

  /** The server's disk or files. */
  private static final String SYSTEM = "58";

  /**
   * Session ended by an administrator or a shutdown, by a crash, "not yet accepting connections",
   * idle session timeout.
   */
  private static final Set<String> SESSION_ENDED = Set.of("57P01", "57P02", "57P03", "57P05");

  /**
   * Snapshot conflict with replay, deadlock with replay, database dropped, write sent to a standby,
   * too many connections, not replayed far enough.
   */
  private static final Set<String> NOT_HERE =
      Set.of("40001", "40P01", "57P04", READ_ONLY, "53300", BEHIND);

  /** Table, column, function, type, schema. */
  private static final Set<String> UNKNOWN = Set.of("42P01", "42703", "42883", "42704", "3F000");

  public static SqlFailure of(Throwable thrown) {
    SQLException exception = sqlException(thrown);
    if (exception == null) {
      return STATEMENT;
    }
    String state = exception.getSQLState();
    if (state == null) {
      return STATEMENT;
    }
    if (state.startsWith(CONNECTION) || SESSION_ENDED.contains(state)) {
      return CONNECTION_LOST;
    }
    if (state.equals(CANCELED)) {
      return TOO_SLOW;
    }
    if (UNKNOWN.contains(state)) {
      return UNKNOWN_OBJECT;
    }
    if (state.equals(NOT_SUPPORTED)) {
      return NOT_ON_STANDBY;
    }
    boolean isOfTheNode = state.startsWith(NO_RESOURCES) || state.startsWith(SYSTEM);
    return isOfTheNode || NOT_HERE.contains(state) ? RETRY_ELSEWHERE : STATEMENT;
  }

  /** Whether a node refused a write because it is a standby, or its session is read-only. */
  public static boolean isReadOnly(Throwable thrown) {
    SQLException exception = sqlException(thrown);
    return exception != null && READ_ONLY.equals(exception.getSQLState());
  }

  /**
   * Whether the connection had been closed on the client's side: that says nothing about the node.
   */
  static boolean isClosedHere(Throwable thrown) {
    SQLException exception = sqlException(thrown);
    return exception != null && CLOSED_HERE.equals(exception.getSQLState());
  }

  /** Whether a server that is up lacks resources, for example for a connection. */
  static boolean isOutOfResources(Throwable thrown) {
    SQLException exception = sqlException(thrown);
    String state = exception == null ? null : exception.getSQLState();
    return state != null && state.startsWith(NO_RESOURCES);
  }

  /** The database's own message, without the text of wrapping exceptions. */
  public static String message(Throwable thrown) {
    SQLException exception = sqlException(thrown);
    return String.valueOf(exception == null ? thrown.getMessage() : exception.getMessage());
  }

  public static @Nullable SQLException sqlException(Throwable thrown) {
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
      if (cause instanceof SQLException found) {
        return found;
      }
      cause = cause.getCause();
    }
    return null;
  }
}
