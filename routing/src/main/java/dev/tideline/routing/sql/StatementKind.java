package dev.tideline.routing.sql;

/** What a statement asks of the node that runs it. */
public enum StatementKind {
  /** It changes nothing, as far as text and catalog tell: any node will do. */
  READ,
  /** It changes the database, or may: the primary. */
  WRITE,
  /** It changes the session besides, so what follows must find the same session: on the primary. */
  SESSION
}
