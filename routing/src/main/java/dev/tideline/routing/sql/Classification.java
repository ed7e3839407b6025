package dev.tideline.routing.sql;

import java.util.Locale;
import java.util.Set;

/**
 * The kind of a statement, and the reason.
 *
 * @param detail the name that decided, for example that of a function; empty if none did
 * @param tables the tables that a read uses, without their schemas; empty for other statements
 */
public record Classification(StatementKind kind, Reason reason, String detail, Set<String> tables) {

  /** Why a statement is of its kind; a closed set, usable as a metric label. */
  public enum Reason {
    READS_ONLY,
    /**
     * A read, with a volatile function that changes nothing, such as {@code random()}: any node can
     * run it, but each run may return a different result.
     */
    HARMLESS_FUNCTION,
    /** INSERT, CREATE, CALL and the like. */
    WRITE_STATEMENT,
    /** INSERT, UPDATE, DELETE or MERGE inside, as in {@code WITH t AS (INSERT ...)}. */
    DATA_MODIFYING,
    /** {@code SELECT INTO}. */
    SELECT_INTO,
    /** {@code FOR UPDATE}, {@code FOR SHARE} and similar clauses, at any depth. */
    LOCKING_CLAUSE,
    /** The functions or the row of a sequence: a standby's copy is ahead of the primary's. */
    SEQUENCE,
    ADVISORY_LOCK,
    /**
     * A function that is volatile by its label in {@code pg_proc} or by something that its body
     * calls.
     */
    VOLATILE_FUNCTION,
    /** The catalog has no function of that name. */
    UNKNOWN_FUNCTION,
    VOLATILE_OPERATOR,
    /** A cast, domain or type that calls a volatile function. */
    VOLATILE_TYPE,
    /** A view or a row policy that calls a volatile function. */
    VOLATILE_VIEW,
    FOREIGN_TABLE,
    /** A standby has no rows of an unlogged table, and refuses to read it. */
    UNLOGGED_TABLE,
    /** The catalog has no table of that name: it is new or temporary. */
    UNKNOWN_RELATION,
    /** Data that differs between servers, such as {@code pg_stat_activity} or {@code SHOW}. */
    SERVER_STATE,
    TEMPORARY_TABLE,
    /** SET, LISTEN, PREPARE, BEGIN and the like. */
    SESSION_STATE,
    SEVERAL_STATEMENTS,
    NOT_PARSED,
    /** The catalog could not be read yet. */
    CATALOG_UNKNOWN,
    /** A replica has refused this statement before, and the primary ran it. */
    LEARNED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The reason in lower case. */
    public String label() {
      return label;
    }
  }

  /** Whether the same read may return a different result although nothing was written. */
  public boolean varies() {
    return reason == Reason.HARMLESS_FUNCTION;
  }

  static Classification read(Set<String> tables) {
    return new Classification(StatementKind.READ, Reason.READS_ONLY, "", Set.copyOf(tables));
  }

  /** A read whose result varies between runs, because of a function or something that uses one. */
  static Classification varying(Set<String> tables, String name) {
    return new Classification(
        StatementKind.READ, Reason.HARMLESS_FUNCTION, name, Set.copyOf(tables));
  }

  static Classification write(Reason reason, String detail) {
    return new Classification(StatementKind.WRITE, reason, detail, Set.of());
  }

  static Classification session(Reason reason, String detail) {
    return new Classification(StatementKind.SESSION, reason, detail, Set.of());
  }
}
