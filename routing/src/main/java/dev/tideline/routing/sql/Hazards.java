package dev.tideline.routing.sql;

import dev.tideline.routing.sql.Classification.Reason;
import java.util.Optional;
import java.util.Set;

/**
 * Searches the words of a query for anything that could make it write, at any position: a walk over
 * a syntax tree can miss a branch, a scan of a list of words cannot. It errs on the safe side: a
 * column named {@code update}, or named like a sequence, sends its query to the primary.
 */
final class Hazards {

  private static final Set<String> LOCK_STRENGTHS = Set.of("update", "share", "no", "key");
  private static final Set<String> SEQUENCE_FUNCTIONS =
      Set.of("nextval", "setval", "currval", "lastval");

  /** Functions that change session state beyond the statement. */
  private static final Set<String> SESSION_FUNCTIONS = Set.of("set_config", "setseed");

  /**
   * Functions that are labelled stable although they need what only a primary provides, or run what
   * a text argument names: a view, or the check of a domain. And {@code treat(x AS f)} calls f.
   */
  static final Set<String> MISLABELLED_FUNCTIONS =
      Set.of(
          "txid_current",
          "pg_current_xact_id",
          "table_to_xml",
          "table_to_xml_and_xmlschema",
          "schema_to_xml",
          "schema_to_xml_and_xmlschema",
          "database_to_xml",
          "database_to_xml_and_xmlschema",
          "pg_input_is_valid",
          "pg_input_error_info",
          "treat");

  private final Query query;
  private final SqlCatalog catalog;
  private final Calls calls;

  Hazards(Query query, SqlCatalog catalog) {
    this.query = query;
    this.catalog = catalog;
    this.calls = new Calls(query, catalog.keywords());
  }

  /** The most severe hazard, the first of several, if there is one. */
  Optional<Classification> find() {
    Optional<Classification> found =
        catalog.impliedWrites() ? write(Reason.VOLATILE_TYPE, "") : Optional.empty();
    for (int i = 0; i < query.size(); i++) {
      Optional<Classification> hazard = at(i);
      if (hazard.isPresent() && hazard.get().kind() == StatementKind.SESSION) {
        return hazard;
      }
      found = found.or(() -> hazard);
    }
    return found;
  }

  /** The first name of something whose result varies between runs. */
  Optional<String> findVarying() {
    for (int i = 0; i < query.size(); i++) {
      if (query.isName(i) && catalog.varying().contains(query.at(i).text())) {
        return Optional.of(query.at(i).text());
      }
    }
    return Optional.empty();
  }

  private Optional<Classification> at(int i) {
    SqlToken token = query.at(i);
    if (token.kind() == SqlToken.Kind.OPERATOR) {
      return operator(token.text());
    }
    if (!token.isName()) {
      return Optional.empty();
    }
    return keyword(i).or(() -> name(i));
  }

  private Optional<Classification> operator(String sign) {
    Set<String> hazards = catalog.volatileOperators();
    // The driver removes a question mark from a longer sign, as a parameter or as half of "??".
    boolean isHazard = hazards.contains(sign) || (!hazards.isEmpty() && sign.contains("?"));
    return isHazard ? write(Reason.VOLATILE_OPERATOR, sign) : Optional.empty();
  }

  private Optional<Classification> keyword(int i) {
    SqlToken token = query.at(i);
    if (token.isWord("for") && query.isWordIn(i + 1, LOCK_STRENGTHS)) {
      return write(Reason.LOCKING_CLAUSE, "for " + query.at(i + 1).text());
    }
    if (token.isWord("into")) {
      return write(Reason.SELECT_INTO, "");
    }
    return Query.isDataModifying(token)
        ? write(Reason.DATA_MODIFYING, token.text())
        : Optional.empty();
  }

  private Optional<Classification> name(int i) {
    String name = query.at(i).text();
    boolean isSyntax =
        query.at(i).kind() == SqlToken.Kind.WORD
            && !query.isQualified(i)
            && catalog.keywords().isReserved(name);
    Reason use = isSyntax ? null : catalog.hazards().get(name);
    if (use != null) {
      return write(use, name);
    }
    if (query.isWord(i, "treat") && query.isSign(i + 1, "(")) {
      return write(Reason.VOLATILE_FUNCTION, name);
    }
    if (!calls.mayCall(i)) {
      return Optional.empty();
    }
    return call(name).or(() -> unknownFunction(i));
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
    return catalog.volatileFunctions().contains(name)
        ? write(Reason.VOLATILE_FUNCTION, name)
        : Optional.empty();
  }

  private Optional<Classification> unknownFunction(int i) {
    String name = query.at(i).text();
    return catalog.functions().contains(name) || !calls.mustCall(i)
        ? Optional.empty()
        : write(Reason.UNKNOWN_FUNCTION, name);
  }

  private static Optional<Classification> write(Reason reason, String detail) {
    return Optional.of(Classification.write(reason, detail));
  }
}
