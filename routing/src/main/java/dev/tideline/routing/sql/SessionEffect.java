package dev.tideline.routing.sql;

/** What a statement leaves in the session that ran it, in increasing order. */
public enum SessionEffect {
  /** Nothing: a read or plain DML, and everything that it calls is known to leave nothing. */
  NONE,
  /** Settings that end with the transaction, {@code SET LOCAL} for example. */
  TRANSACTION,
  /** Possibly something, all of which {@code DISCARD ALL} reverts. */
  POSSIBLY,
  /**
   * Settings, locks, temporary tables and similar state, all of which {@code DISCARD ALL} reverts.
   */
  SESSION,
  /** Unknown: only closing the session is certain to remove it. */
  UNKNOWN;

  public boolean isMoreThan(SessionEffect other) {
    return compareTo(other) > 0;
  }
}
