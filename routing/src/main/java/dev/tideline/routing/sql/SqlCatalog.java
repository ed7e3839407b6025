package dev.tideline.routing.sql;

import dev.tideline.routing.sql.Classification.Reason;
import java.util.Map;
import java.util.Set;

/**
 * What the catalog of a database says that matters for telling reads from writes. By bare names:
 * what is true of one of several that share a name is taken to be true of all.
 *
 * @param functions every function's name
 * @param volatileFunctions those that may write, by their label or by what their body calls
 * @param relations every table's, view's and sequence's name, temporary ones left out
 * @param hazards names whose mere use may write, and why: views, foreign tables, tables with row
 *     policies, types, and functions that can be called like a column
 * @param volatileOperators signs of operators that may write
 * @param writingCasts whether a cast that is applied unasked may write; then no statement is safe
 */
record SqlCatalog(
    Set<String> functions,
    Set<String> volatileFunctions,
    Set<String> relations,
    Map<String, Reason> hazards,
    Set<String> volatileOperators,
    boolean writingCasts) {}
