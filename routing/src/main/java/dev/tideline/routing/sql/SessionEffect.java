package dev.tideline.routing.sql;

/** What a statement leaves behind in the session that ran it, the least first. */
public enum SessionEffect {
  /** Nothing: a read or plain DML, and all that they call is known to leave nothing. */
  NONE,
  /** Settings that end with the transaction, {@code SET LOCAL} for example. */
  TRANSACTION,
  /** Perhaps something, and nothing that {@code DISCARD ALL} would not take back. */
  POSSIBLY,
  /**
   * Settings, locks, temporary tables and the like, all of which {@code DISCARD ALL} takes back.
   */
  SESSION,
  /** Nobody knows: only a closed session is sure to leave nothing. */
  UNKNOWN;

  public boolean isMoreThan(SessionEffect other) {
    return compareTo(other) > 0;
  }
}
