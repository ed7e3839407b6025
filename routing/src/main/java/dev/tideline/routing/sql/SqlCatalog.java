package dev.tideline.routing.sql;

import dev.tideline.routing.sql.Classification.Reason;
import java.util.Map;
import java.util.Set;

/**
 * What the catalog of a database says that matters for telling reads from writes. By bare names:
 * what is true of one of several that share a name is taken to be true of all.
 *
 * @param functions every function's name
 * @param volatileFunctions those that may write, by their label or by what they use
 * @param relations every table's, view's and sequence's name, temporary ones left out
 * @param hazards names whose mere use may write or fails on a standby, and why: views, foreign and
 *     unlogged tables, tables with row policies, sequences, types, and functions that can be called
 *     like a column
 * @param varying names of functions that change nothing, yet answer anew each time, and of what
 *     uses them
 * @param volatileOperators signs of operators that may write
 * @param impliedWrites whether something that a statement need not name may write, such as a cast
 *     that is applied unasked; then no statement is safe
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
