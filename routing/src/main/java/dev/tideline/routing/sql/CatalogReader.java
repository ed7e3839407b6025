package dev.tideline.routing.sql;

import dev.tideline.routing.sql.Classification.Reason;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a {@link SqlCatalog}. Labels are believed of functions in C and the like; of functions in
 * SQL and PL/pgSQL, of views, policies and domains the text is read too, and whoever calls what may
 * write may write.
 */
final class CatalogReader {

  private static final String FUNCTIONS =
      """
      SELECT p.proname, p.provolatile = 'v' OR coalesce(a.volatile, false)
      FROM pg_proc p LEFT JOIN LATERAL (
        SELECT bool_or(f.provolatile = 'v') AS volatile FROM pg_aggregate g
        JOIN pg_proc f ON f.oid IN (g.aggtransfn, g.aggfinalfn, g.aggcombinefn, g.aggmtransfn, g.aggminvtransfn, g.aggmfinalfn)
        WHERE g.aggfnoid = p.oid AND p.prokind = 'a') a ON p.prokind = 'a'\
      """;

  /** Of what users made, whose label says that it does not write. */
  private static final String BODIES =
      """
      SELECT p.proname, CASE WHEN p.prosqlbody IS NULL THEN p.prosrc ELSE pg_get_functiondef(p.oid) END
      FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
      WHERE p.oid >= 16384 AND p.provolatile <> 'v' AND l.lanname IN ('sql', 'plpgsql')\
      """;

  private static final String RELATIONS =
      "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relpersistence <> 't'";

  private static final String VIEWS =
      """
      SELECT c.relname, pg_get_viewdef(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'v' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      UNION ALL
      SELECT c.relname, pg_get_expr(p.polqual, p.polrelid) FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
      WHERE p.polqual IS NOT NULL\
      """;

  private static final String DOMAINS =
      """
      SELECT t.typname, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_type t ON t.oid = c.contypid
      JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname <> 'information_schema'\
      """;

  private static final String TYPES =
      """
      SELECT t.typname FROM pg_type t JOIN pg_proc p ON p.oid = t.typinput WHERE p.provolatile = 'v'
      UNION SELECT t.typname FROM pg_cast c JOIN pg_proc p ON p.oid = c.castfunc
      JOIN pg_type t ON t.oid = c.casttarget WHERE p.provolatile = 'v'\
      """;

  private static final String FOREIGN_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'f'";

  private static final String SERVER_VIEWS =
      """
      SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace = 'pg_catalog'::regnamespace
        AND relname LIKE 'pg\\_%'\
      """;

  /** A function of one row can be called as if it were a column of it. */
  private static final String LIKE_COLUMNS =
      """
      SELECT p.proname FROM pg_proc p JOIN pg_type t ON t.oid = p.proargtypes[0]
      WHERE p.pronargs = 1 AND p.provolatile = 'v' AND t.typtype = 'c'\
      """;

  private static final String OPERATORS =
      "SELECT o.oprname FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode WHERE p.provolatile = 'v'";

  private static final String WRITING_CASTS =
      """
      SELECT 'any' FROM pg_cast c JOIN pg_proc p ON p.oid = c.castfunc
      WHERE p.provolatile = 'v' AND c.castcontext <> 'e'\
      """;

  private record Body(String name, String text) {}

  private final Connection connection;
  private final Set<String> functions = new HashSet<>();
  private final Set<String> volatileFunctions = new HashSet<>();
  private final Map<String, Reason> hazards = new HashMap<>();

  private CatalogReader(Connection connection) {
    this.connection = connection;
  }

  static SqlCatalog read(Connection connection) throws SQLException {
    return new CatalogReader(connection).read();
  }

  private SqlCatalog read() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(FUNCTIONS)) {
      while (row.next()) {
        functions.add(row.getString(1));
        if (row.getBoolean(2)) {
          volatileFunctions.add(row.getString(1));
        }
      }
    }
    names(SERVER_VIEWS).forEach(name -> hazards.put(name, Reason.SERVER_STATE));
    names(FOREIGN_TABLES).forEach(name -> hazards.put(name, Reason.FOREIGN_TABLE));
    names(TYPES).forEach(name -> hazards.put(name, Reason.VOLATILE_TYPE));
    names(LIKE_COLUMNS).forEach(name -> hazards.put(name, Reason.VOLATILE_FUNCTION));
    spread(bodies(BODIES), bodies(VIEWS), bodies(DOMAINS));
    return new SqlCatalog(
        Set.copyOf(functions),
        Set.copyOf(volatileFunctions),
        Set.copyOf(names(RELATIONS)),
        Map.copyOf(hazards),
        Set.copyOf(names(OPERATORS)),
        !names(WRITING_CASTS).isEmpty());
  }

  /** Marks whoever uses what is marked, until nobody is left to mark. */
  private void spread(List<Body> functionBodies, List<Body> views, List<Body> domains) {
    int before;
    do {
      before = volatileFunctions.size() + hazards.size();
      for (Body body : functionBodies) {
        if (mayWrite(body.text())) {
          volatileFunctions.add(body.name());
        }
      }
      views.stream()
          .filter(view -> mayWrite(view.text()))
          .forEach(view -> hazards.put(view.name(), Reason.VOLATILE_VIEW));
      domains.stream()
          .filter(domain -> mayWrite(domain.text()))
          .forEach(domain -> hazards.put(domain.name(), Reason.VOLATILE_TYPE));
    } while (volatileFunctions.size() + hazards.size() > before);
  }

  private boolean mayWrite(String text) {
    return SqlLexer.tokens(text)
        .map(tokens ->
            tokens.stream()
                .anyMatch(token ->
                    token.isWord("execute")
                        || Hazards.isDataModifying(token)
                        || (token.isName()
                            && (volatileFunctions.contains(token.text())
                                || hazards.containsKey(token.text())))))
        .orElse(true);
  }

  private List<Body> bodies(String sql) throws SQLException {
    List<Body> bodies = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        bodies.add(new Body(row.getString(1), row.getString(2)));
      }
    }
    return bodies;
  }

  private List<String> names(String sql) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        names.add(row.getString(1));
      }
    }
    return names;
  }
}
