package dev.tideline.routing.sql;

import java.util.Set;

/**
 * What the catalog of a database says that matters for what a statement leaves in its session. By
 * bare names: what is true of one of several that share a name is taken to be true of all.
 *
 * @param functions every function's name
 * @param keywords words that cannot name a function where they stand before a parenthesis
 * @param changing names whose use may change the session, as far as {@code DISCARD ALL} takes it
 *     back: functions, the tables whose triggers call them, the views over those, and so on
 * @param opaque names whose use may leave anything: functions in C and the like, and again what
 *     uses them
 */
record SessionCatalog(
    Set<String> functions, Set<String> keywords, Set<String> changing, Set<String> opaque) {

  /** Among the names: something that no statement names. */
  static final String EVERYTHING = "*";

  /** What the use of a name may leave. */
  SessionEffect effect(String name) {
    if (opaque.contains(name)) {
      return SessionEffect.UNKNOWN;
    }
    if (SessionText.SESSION_FUNCTIONS.contains(name)) {
      return SessionEffect.SESSION;
    }
    return changing.contains(name) ? SessionEffect.POSSIBLY : SessionEffect.NONE;
  }
}
