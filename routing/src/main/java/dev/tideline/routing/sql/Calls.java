package dev.tideline.routing.sql;

import dev.tideline.routing.sql.SqlCatalog.Keywords;
import java.util.Set;

/**
 * Determines which names before a parenthesis may call a function. If in doubt, a name counts as a
 * call: a name is excluded here only if PostgreSQL's grammar allows no call there.
 */
final class Calls {

  /** Keywords that could name functions but are syntax before a parenthesis. */
  private static final Set<String> SYNTAX =
      Set.of(
          "by",
          "columns",
          "content",
          "cube",
          "document",
          "escape",
          "filter",
          "first",
          "groups",
          "ilike",
          "join",
          "materialized",
          "next",
          "operator",
          "over",
          "passing",
          "path",
          "range",
          "repeatable",
          "rollup",
          "rows",
          "second",
          "sets",
          "varying",
          "version",
          "zone");

  /** Keywords after an aggregate's parenthesis; nothing can be called there. */
  private static final Set<String> AFTER_AGGREGATE = Set.of("filter", "over");

  /** Keywords that could name tables but are followed by an expression. */
  private static final Set<String> BEFORE_EXPRESSION =
      Set.of(
          "by",
          "content",
          "document",
          "escape",
          "first",
          "groups",
          "next",
          "passing",
          "path",
          "range",
          "rows",
          "value",
          "version",
          "zone");

  private final Query query;
  private final Keywords keywords;

  Calls(Query query, Keywords keywords) {
    this.query = query;
    this.keywords = keywords;
  }

  /** Whether a name may call the function of that name, if there is one. */
  boolean mayCall(int i) {
    return query.isSign(i + 1, "(")
        && !(isPlainWord(i) && keywords.callsNothing(query.at(i).text()))
        && !(isPlainWordIn(i, AFTER_AGGREGATE) && isAfterParenthesis(i))
        && !query.isWord(i - 1, "tablesample"); // a sampling method is not a function call
  }

  /** Whether a name that {@link #mayCall} is a call even if no function of that name is known. */
  boolean mustCall(int i) {
    return !isPlainWordIn(i, SYNTAX) && !isType(i) && !isAlias(i) && !query.isCommonTable(i);
  }

  private boolean isPlainWord(int i) {
    return query.at(i).kind() == SqlToken.Kind.WORD && !query.isQualified(i);
  }

  private boolean isPlainWordIn(int i, Set<String> words) {
    return query.isWordIn(i, words) && !query.isQualified(i);
  }

  /** A type with modifiers: {@code ::geometry(Point)}, {@code CAST(x AS public.vector(3))}. */
  private boolean isType(int i) {
    int before = query.startOfName(i) - 1;
    return query.isWord(before, "as")
        || (before >= 0
            && query.at(before).kind() == SqlToken.Kind.OPERATOR
            && query.at(before).text().equals("::"));
  }

  /** An alias with columns: {@code t x(a)}, {@code (SELECT 1) x(a)}. */
  private boolean isAlias(int i) {
    return !query.isQualified(i) && (isAfterParenthesis(i) || isAfterName(i));
  }

  /** An expression may follow the parentheses of DISTINCT ON and of OPERATOR, but no others. */
  private boolean isAfterParenthesis(int i) {
    if (!query.isSign(i - 1, ")")) {
      return false;
    }
    int before = query.beforePartner(i - 1);
    boolean isDistinct = query.isWord(before, "on") && query.isWord(before - 1, "distinct");
    return !isDistinct && !query.isWord(before, "operator");
  }

  private boolean isAfterName(int i) {
    if (!query.isName(i - 1)) {
      return false;
    }
    return !isPlainWord(i - 1)
        || (keywords.mayNameTable(query.at(i - 1).text())
            && !BEFORE_EXPRESSION.contains(query.at(i - 1).text()));
  }
}
