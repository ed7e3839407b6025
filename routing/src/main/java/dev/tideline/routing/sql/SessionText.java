package dev.tideline.routing.sql;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the text of a function, view, rule or similar object uses that may change a session.
 *
 * @param used the names in it
 * @param commands whether it is a function's body that runs more than queries and DML
 * @param isReadable false if nothing is known of it
 */
record SessionText(Set<String> used, boolean commands, boolean isReadable) {

  private static final SessionText UNREADABLE = new SessionText(Set.of(), true, false);

  /** Functions of PostgreSQL whose changes {@code DISCARD ALL} reverts. */
  static final Set<String> SESSION_FUNCTIONS =
      Set.of(
          "set_config",
          "pg_advisory_lock",
          "pg_advisory_lock_shared",
          "pg_try_advisory_lock",
          "pg_try_advisory_lock_shared",
          "pg_advisory_unlock",
          "pg_advisory_unlock_shared",
          "pg_advisory_unlock_all");

  /**
   * Functions of PostgreSQL that are volatile but leave nothing in the session, except that some
   * leave the last value of a sequence, as every insert into a table with an identity column does.
   */
  private static final Set<String> QUIET =
      Set.of(
          "random",
          "random_normal",
          "gen_random_uuid",
          "uuidv4",
          "uuidv7",
          "clock_timestamp",
          "timeofday",
          "nextval",
          "currval",
          "lastval",
          "setval",
          "pg_notify",
          "pg_sleep",
          "pg_sleep_for",
          "pg_sleep_until",
          "pg_advisory_xact_lock",
          "pg_advisory_xact_lock_shared",
          "pg_try_advisory_xact_lock",
          "pg_try_advisory_xact_lock_shared",
          "txid_current",
          "txid_current_if_assigned",
          "pg_current_xact_id",
          "pg_current_xact_id_if_assigned",
          "pg_is_in_recovery",
          "pg_last_wal_replay_lsn",
          "pg_last_wal_receive_lsn",
          "pg_last_xact_replay_timestamp",
          "pg_current_wal_lsn",
          "pg_current_wal_flush_lsn",
          "pg_current_wal_insert_lsn",
          "pg_logical_emit_message",
          "pg_control_system",
          "pg_relation_size",
          "pg_table_size",
          "pg_indexes_size",
          "pg_total_relation_size",
          "pg_database_size",
          "pg_cancel_backend",
          "pg_terminate_backend",
          "pg_blocking_pids",
          "pg_lock_status",
          "pg_tablespace_size",
          "pg_partition_tree",
          "pg_partition_ancestors",
          "array_sample",
          "array_shuffle",
          "bernoulli",
          "system",
          "txid_status",
          "current_query",
          "tsvector_update_trigger",
          "tsvector_update_trigger_column",
          "suppress_redundant_updates_trigger",
          "unique_key_recheck");

  /** Such functions of common extensions, all of them in C. */
  private static final Set<String> QUIET_EXTENSIONS =
      Set.of(
          "uuid_generate_v1",
          "uuid_generate_v1mc",
          "uuid_generate_v4",
          "gen_salt",
          "gen_random_bytes",
          "gen_random_uuid",
          "pgp_sym_encrypt",
          "pgp_pub_encrypt");

  /** Commands of PostgreSQL that change more than rows, or run what cannot be read here. */
  private static final Set<String> COMMANDS =
      Set.of(
          "alter",
          "cluster",
          "comment",
          "copy",
          "create",
          "deallocate",
          "discard",
          "do",
          "drop",
          "grant",
          "import",
          "listen",
          "load",
          "prepare",
          "reassign",
          "refresh",
          "reindex",
          "reset",
          "revoke",
          "security",
          "set",
          "unlisten",
          "vacuum");

  /** Words that mean the same at any position. */
  private static final Set<String> ANYWHERE =
      Set.of("execute", "hold", "pg_temp", "temp", "temporary");

  /** Words after which a statement of PL/pgSQL begins. */
  private static final Set<String> BEFORE_STATEMENTS =
      Set.of("begin", "atomic", "then", "else", "loop");

  /** Whether a function leaves nothing although it is labelled volatile. */
  static boolean isQuiet(String function, boolean builtIn) {
    return builtIn
        ? QUIET.contains(function)
            || SESSION_FUNCTIONS.contains(function) // they are looked for by name
            || function.startsWith("pg_stat_get_")
        : QUIET_EXTENSIONS.contains(function);
  }

  static SessionText ofExpression(String text) {
    return SqlLexer.tokens(text)
        .map(tokens -> new SessionText(names(tokens), false, true))
        .orElse(UNREADABLE);
  }

  static SessionText ofBody(String body) {
    return SqlLexer.tokens(body)
        .map(tokens -> new SessionText(names(tokens), commands(tokens), true))
        .orElse(UNREADABLE);
  }

  boolean uses(Set<String> names) {
    return used.stream().anyMatch(names::contains);
  }

  private static Set<String> names(List<SqlToken> tokens) {
    Set<String> names = new HashSet<>();
    for (SqlToken token : tokens) {
      if (token.isName() || token.kind() == SqlToken.Kind.OPERATOR) {
        names.add(token.text());
      }
    }
    return names;
  }

  private static boolean commands(List<SqlToken> tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      SqlToken token = tokens.get(i);
      if (token.isName() && ANYWHERE.contains(token.text())) {
        return true;
      }
      if (token.kind() == SqlToken.Kind.WORD
          && COMMANDS.contains(token.text())
          && (i == 0 || beginsStatement(tokens.get(i - 1)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean beginsStatement(SqlToken before) {
    return before.isSign(";")
        || before.text().equals(">>")
        || (before.kind() == SqlToken.Kind.WORD && BEFORE_STATEMENTS.contains(before.text()));
  }
}
