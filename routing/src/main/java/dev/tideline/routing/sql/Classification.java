package dev.tideline.routing.sql;

import java.util.Locale;
import java.util.Set;

/**
 * What a statement is, and why.
 *
 * @param detail the name that decided, a function's for example; empty if none did
 * @param tables that a read looks at, without their schemas; empty for others
 */
public record Classification(StatementKind kind, Reason reason, String detail, Set<String> tables) {

  /** Why a statement is what it is; a closed set, fit for a label. */
  public enum Reason {
    READS_ONLY,
    /** INSERT, CREATE, CALL and the like. */
    WRITE_STATEMENT,
    /** INSERT, UPDATE, DELETE or MERGE inside, as in {@code WITH t AS (INSERT ...)}. */
    DATA_MODIFYING,
    /** {@code SELECT INTO}. */
    SELECT_INTO,
    /** {@code FOR UPDATE}, {@code FOR SHARE} and their kin, however deep. */
    LOCKING_CLAUSE,
    SEQUENCE,
    ADVISORY_LOCK,
    /** Its label in {@code pg_proc}, or something that its body calls. */
    VOLATILE_FUNCTION,
    /** The catalog has no function of that name. */
    UNKNOWN_FUNCTION,
    VOLATILE_OPERATOR,
    /** A cast, domain or type that calls a volatile function. */
    VOLATILE_TYPE,
    /** A view or a row policy that calls a volatile function. */
    VOLATILE_VIEW,
    FOREIGN_TABLE,
    /** The catalog has no table of that name: new, or temporary. */
    UNKNOWN_RELATION,
    /** What differs from server to server, such as {@code pg_stat_activity} or {@code SHOW}. */
    SERVER_STATE,
    TEMPORARY_TABLE,
    /** SET, LISTEN, PREPARE, BEGIN and the like. */
    SESSION_STATE,
    SEVERAL_STATEMENTS,
    NOT_PARSED,
    /** Parsing took too long, as it may on a busy machine; it is tried again some times. */
    PARSE_TIMEOUT,
    /** The catalog could not be read yet. */
    CATALOG_UNKNOWN,
    /** A replica once refused this very statement, as it would have written. */
    LEARNED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The reason in lower case. */
    public String label() {
      return label;
    }
  }

  static Classification read(Set<String> tables) {
    return new Classification(StatementKind.READ, Reason.READS_ONLY, "", Set.copyOf(tables));
  }

  static Classification write(Reason reason, String detail) {
    return new Classification(StatementKind.WRITE, reason, detail, Set.of());
  }

  static Classification session(Reason reason, String detail) {
    return new Classification(StatementKind.SESSION, reason, detail, Set.of());
  }
}
