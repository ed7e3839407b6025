package dev.tideline.routing.sql;

import dev.tideline.routing.sql.Classification.Reason;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks through the words of a query for whatever could make it write, wherever it stands: a tree
 * can hide a branch from whoever walks it, a list of words cannot. It errs on the safe side; a
 * column called {@code update} sends its query to the primary.
 */
final class Hazards {

  private static final Set<String> DATA_MODIFYING = Set.of("insert", "update", "delete", "merge");
  private static final Set<String> LOCK_STRENGTHS = Set.of("update", "share", "no", "key");
  private static final Set<String> SEQUENCE_FUNCTIONS =
      Set.of("nextval", "setval", "currval", "lastval");

  /** Of session state that outlives the statement. */
  private static final Set<String> SESSION_FUNCTIONS = Set.of("set_config", "setseed");

  /** Stable by their label, and yet they take what only a primary gives. */
  private static final Set<String> ASSIGNING_FUNCTIONS =
      Set.of("txid_current", "pg_current_xact_id");

  /** Words before a parenthesis that call no function of the catalog. */
  private static final Set<String> NOT_CALLS =
      Set.of(
          "all",
          "and",
          "any",
          "array",
          "as",
          "between",
          "by",
          "case",
          "cast",
          "char",
          "character",
          "coalesce",
          "cross",
          "cube",
          "dec",
          "decimal",
          "distinct",
          "else",
          "except",
          "exists",
          "extract",
          "fetch",
          "filter",
          "first",
          "float",
          "from",
          "greatest",
          "group",
          "grouping",
          "having",
          "in",
          "inner",
          "intersect",
          "is",
          "join",
          "lateral",
          "least",
          "left",
          "like",
          "ilike",
          "limit",
          "materialized",
          "national",
          "nchar",
          "next",
          "not",
          "nullif",
          "offset",
          "on",
          "only",
          "or",
          "order",
          "over",
          "partition",
          "precision",
          "right",
          "rollup",
          "row",
          "rows",
          "select",
          "sets",
          "similar",
          "some",
          "symmetric",
          "then",
          "union",
          "using",
          "values",
          "varying",
          "when",
          "where",
          "window",
          "with",
          "within",
          "without",
          "zone",
          "trim",
          "current_time",
          "current_timestamp",
          "localtime",
          "localtimestamp",
          "json_value",
          "json_query",
          "json_exists",
          "json_table",
          "xmltable");

  private final List<SqlToken> tokens;
  private final SqlCatalog catalog;

  Hazards(List<SqlToken> tokens, SqlCatalog catalog) {
    this.tokens = tokens;
    this.catalog = catalog;
  }

  static boolean isDataModifying(SqlToken token) {
    return token.kind() == SqlToken.Kind.WORD && DATA_MODIFYING.contains(token.text());
  }

  /** The first hazard, if there is one. */
  Optional<Classification> find() {
    if (catalog.writingCasts()) {
      return Optional.of(Classification.write(Reason.VOLATILE_TYPE, ""));
    }
    for (int i = 0; i < tokens.size(); i++) {
      Optional<Classification> hazard = at(i);
      if (hazard.isPresent()) {
        return hazard;
      }
    }
    return Optional.empty();
  }

  private Optional<Classification> at(int i) {
    SqlToken token = tokens.get(i);
    if (token.isWord("for") && isWordIn(i + 1, LOCK_STRENGTHS)) {
      return write(Reason.LOCKING_CLAUSE, "for " + tokens.get(i + 1).text());
    }
    if (token.isWord("into")) {
      return write(Reason.SELECT_INTO, "");
    }
    if (isDataModifying(token)) {
      return write(Reason.DATA_MODIFYING, token.text());
    }
    if (token.kind() == SqlToken.Kind.OPERATOR) {
      return catalog.volatileOperators().contains(token.text())
          ? write(Reason.VOLATILE_OPERATOR, token.text())
          : Optional.empty();
    }
    if (!token.isName()) {
      return Optional.empty();
    }
    Reason use = catalog.hazards().get(token.text());
    if (use != null) {
      return write(use, token.text());
    }
    return isCall(i) ? call(token.text()) : Optional.empty();
  }

  private boolean isWordIn(int i, Set<String> words) {
    return i < tokens.size()
        && tokens.get(i).kind() == SqlToken.Kind.WORD
        && words.contains(tokens.get(i).text());
  }

  /**
   * Whether a name calls a function: it stands before a parenthesis, and is no keyword, no alias
   * with columns ({@code AS t(a)}, {@code ) t(a)}), no common table with columns.
   */
  private boolean isCall(int i) {
    if (i + 1 >= tokens.size() || !tokens.get(i + 1).isSign("(")) {
      return false;
    }
    SqlToken token = tokens.get(i);
    if (token.kind() == SqlToken.Kind.WORD && NOT_CALLS.contains(token.text())) {
      return i > 0 && tokens.get(i - 1).isSign(".");
    }
    if (i == 0) {
      return true;
    }
    SqlToken before = tokens.get(i - 1);
    return !before.isWord("as")
        && !before.isSign(")")
        && !before.isWord("tablesample") // its own methods are said to be volatile
        && !before.isWord("with")
        && !before.isWord("recursive");
  }

  private Optional<Classification> call(String name) {
    if (SEQUENCE_FUNCTIONS.contains(name)) {
      return write(Reason.SEQUENCE, name);
    }
    if (name.startsWith("pg_advisory_") || name.startsWith("pg_try_advisory_")) {
      boolean ofTransaction = name.contains("_xact_");
      return Optional.of(
          ofTransaction
              ? Classification.write(Reason.ADVISORY_LOCK, name)
              : Classification.session(Reason.ADVISORY_LOCK, name));
    }
    if (SESSION_FUNCTIONS.contains(name)) {
      return Optional.of(Classification.session(Reason.SESSION_STATE, name));
    }
    if (ASSIGNING_FUNCTIONS.contains(name) || catalog.volatileFunctions().contains(name)) {
      return write(Reason.VOLATILE_FUNCTION, name);
    }
    return catalog.functions().contains(name)
        ? Optional.empty()
        : write(Reason.UNKNOWN_FUNCTION, name);
  }

  private static Optional<Classification> write(Reason reason, String detail) {
    return Optional.of(Classification.write(reason, detail));
  }
}
