package dev.tideline.routing.sql;

import java.util.List;
import java.util.Set;

/**
 * What PostgreSQL's commands leave in a session; a command that is not listed may leave anything.
 */
final class SessionCommands {

  /** Reads, plain DML, and commands that affect only the transaction. */
  private static final Set<String> PLAIN =
      Set.of(
          "select",
          "with",
          "values",
          "table",
          "insert",
          "update",
          "delete",
          "merge",
          "truncate",
          "call",
          "lock",
          "notify",
          "fetch",
          "move",
          "close",
          "savepoint",
          "release",
          "show");

  /** Commands whose effect {@code DISCARD ALL} reverts; it fails in an open transaction. */
  private static final Set<String> SESSION =
      Set.of(
          "set",
          "reset",
          "listen",
          "unlisten",
          "prepare",
          "execute",
          "deallocate",
          "discard",
          "begin",
          "start",
          "commit",
          "end",
          "rollback",
          "abort");

  private static final Set<String> TRANSACTION_SETTINGS =
      Set.of("local", "transaction", "constraints");

  private static final Set<String> TEMPORARY = Set.of("temp", "temporary", "pg_temp");

  /**
   * Commands that may run triggers, expressions and SQL that cannot be read here, but nothing else.
   */
  private static final Set<String> MAINTENANCE =
      Set.of(
          "do", "grant", "revoke", "comment", "analyze", "vacuum", "reindex", "cluster", "refresh");

  private static final Set<String> DEFINITIONS = Set.of("create", "alter", "drop");

  private static final Set<String> KINDS =
      Set.of(
          "table",
          "view",
          "index",
          "sequence",
          "schema",
          "trigger",
          "policy",
          "rule",
          "type",
          "domain",
          "statistics",
          "role");

  private static final Set<String> TEMPORARY_KINDS = Set.of("table", "view", "sequence");

  private SessionCommands() {}

  /** What the command itself leaves, regardless of what it calls. */
  static SessionEffect effect(List<SqlToken> statement) {
    SqlToken first = statement.getFirst();
    if (first.isSign("(")) {
      return SessionEffect.NONE; // a query in parentheses
    }
    String word = first.kind() == SqlToken.Kind.WORD ? first.text() : "";
    if (PLAIN.contains(word)) {
      return SessionEffect.NONE;
    }
    if (word.equals("set")
        && statement.size() > 1
        && TRANSACTION_SETTINGS.contains(statement.get(1).text())) {
      return SessionEffect.TRANSACTION;
    }
    if (word.equals("declare")) { // a cursor of the transaction, unless it is WITH HOLD
      boolean kept = statement.stream().anyMatch(token -> token.isWord("hold"));
      return kept ? SessionEffect.SESSION : SessionEffect.TRANSACTION;
    }
    if (SESSION.contains(word) || (word.equals("create") && isTemporary(statement))) {
      return SessionEffect.SESSION;
    }
    return MAINTENANCE.contains(word) || (DEFINITIONS.contains(word) && isPlainKind(statement))
        ? SessionEffect.POSSIBLY
        : SessionEffect.UNKNOWN;
  }

  /** Whether a CREATE, ALTER or DROP is of a kind that contains no code. */
  private static boolean isPlainKind(List<SqlToken> statement) {
    return statement.stream()
        .limit(6)
        .anyMatch(token -> token.kind() == SqlToken.Kind.WORD && KINDS.contains(token.text()));
  }

  /** Whether a CREATE is of a temporary table, view or sequence. */
  private static boolean isTemporary(List<SqlToken> statement) {
    List<SqlToken> start = statement.subList(0, Math.min(8, statement.size()));
    return start.stream().anyMatch(token -> TEMPORARY.contains(token.text()))
        && start.stream()
            .filter(token -> token.kind() == SqlToken.Kind.WORD)
            .limit(5)
            .anyMatch(token -> TEMPORARY_KINDS.contains(token.text()));
  }
}
