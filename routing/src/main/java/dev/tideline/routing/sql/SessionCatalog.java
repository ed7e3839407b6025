package dev.tideline.routing.sql;

import java.util.Set;

/**
 * The part of a database's catalog that determines what a statement leaves in its session. Names
 * are unqualified: what is true of one object is assumed for all objects that share its name.
 *
 * @param functions every function's name
 * @param keywords words that cannot name a function where they stand before a parenthesis
 * @param changing names whose use may change the session in ways that {@code DISCARD ALL} reverts:
 *     functions, the tables whose triggers call them, the views over those, and so on
 * @param opaque names whose use may leave anything: functions in C and similar languages, and what
 *     uses them
 */
record SessionCatalog(
    Set<String> functions, Set<String> keywords, Set<String> changing, Set<String> opaque) {

  /** The entry in the name sets that stands for what statements use without naming it. */
  static final String EVERYTHING = "*";

  /** What the use of a name may leave in the session. */
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
