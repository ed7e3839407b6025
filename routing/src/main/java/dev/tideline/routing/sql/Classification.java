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
    /**
     * A read, with a volatile function that changes nothing, such as {@code random()}: any node
     * will do, but each run answers anew.
     */
    HARMLESS_FUNCTION,
    /** INSERT, CREATE, CALL and the like. */
    WRITE_STATEMENT,
    /** INSERT, UPDATE, DELETE or MERGE inside, as in {@code WITH t AS (INSERT ...)}. */
    DATA_MODIFYING,
    /** {@code SELECT INTO}. */
    SELECT_INTO,
    /** {@code FOR UPDATE}, {@code FOR SHARE} and their kin, however deep. */
    LOCKING_CLAUSE,
    /** A sequence's functions, or its row: a standby's copy runs ahead of it. */
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
    /** A standby has no rows of an unlogged table, and refuses to read it. */
    UNLOGGED_TABLE,
    /** The catalog has no table of that name: new, or temporary. */
    UNKNOWN_RELATION,
    /** What differs from server to server, such as {@code pg_stat_activity} or {@code SHOW}. */
    SERVER_STATE,
    TEMPORARY_TABLE,
    /** SET, LISTEN, PREPARE, BEGIN and the like. */
    SESSION_STATE,
    SEVERAL_STATEMENTS,
    NOT_PARSED,
    /** The catalog could not be read yet. */
    CATALOG_UNKNOWN,
    /** A replica once refused this very statement, and the primary ran it. */
    LEARNED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The reason in lower case. */
    public String label() {
      return label;
    }
  }

  /** Whether the same read may answer otherwise though nothing was written. */
  public boolean varies() {
    return reason == Reason.HARMLESS_FUNCTION;
  }

  static Classification read(Set<String> tables) {
    return new Classification(StatementKind.READ, Reason.READS_ONLY, "", Set.copyOf(tables));
  }

  /** A read that answers anew each time, because of a function or what uses one. */
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
