package dev.tideline.routing.sql;

/** What a statement requires of the node that runs it. */
public enum StatementKind {
  /** It changes nothing, according to its text and the catalog: any node can run it. */
  READ,
  /** It changes the database, or may change it: it runs on the primary. */
  WRITE,
  /**
   * It also changes the session, so later statements need the same session: it runs on the primary.
   */
  SESSION
}
