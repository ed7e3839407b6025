package dev.tideline.routing.sql;

import dev.tideline.routing.sql.Classification.Reason;
import java.util.Map;
import java.util.Set;

/**
 * The part of a database's catalog that distinguishes reads from writes. Names are unqualified:
 * what is true of one object is assumed for all objects that share its name.
 *
 * @param functions every function's name
 * @param volatileFunctions those that may write, by their label or by what they use
 * @param relations the name of every table, view and sequence that is not temporary
 * @param hazards names whose use may write or fails on a standby, with the reason: views, foreign
 *     and unlogged tables, tables with row policies, sequences, types, and functions that can be
 *     called like a column
 * @param varying names of functions that change nothing but whose results vary between runs, and of
 *     what uses them
 * @param volatileOperators signs of operators that may write
 * @param impliedWrites whether something that a statement uses without naming it may write, such as
 *     an implicit cast; then no statement is safe
 * @param keywords the server's keywords
 * @param standardStrings the server's {@code standard_conforming_strings}
 */
record SqlCatalog(
    Set<String> functions,
    Set<String> volatileFunctions,
    Set<String> relations,
    Map<String, Reason> hazards,
    Set<String> varying,
    Set<String> volatileOperators,
    boolean impliedWrites,
    Keywords keywords,
    boolean standardStrings) {

  /**
   * Keywords by what they may name (documentation, "SQL Key Words").
   *
   * @param reserved never a table, function or type
   * @param ofSyntax never a function: before a parenthesis they are syntax
   * @param ofFunctions a function or type, but no table and no alias
   */
  record Keywords(Set<String> reserved, Set<String> ofSyntax, Set<String> ofFunctions) {

    boolean isReserved(String word) {
      return reserved.contains(word);
    }

    /** Whether a word without a schema calls no function. */
    boolean callsNothing(String word) {
      return reserved.contains(word) || ofSyntax.contains(word);
    }

    /** Whether a word may be a table's name or an alias. */
    boolean mayNameTable(String word) {
      return !reserved.contains(word) && !ofFunctions.contains(word);
    }
  }
}
