package dev.tideline.routing.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Reads a {@link SessionCatalog}. For functions in SQL and PL/pgSQL the text is read, and what it
 * runs by EXECUTE is assumed to be SQL. Nothing is known of other volatile functions. Anything that
 * uses something that may change the session may change it too: a table through its triggers,
 * rules, defaults and constraints, its partitions, and the tables that a foreign key's action
 * writes.
 */
final class SessionCatalogReader {

  private static final String KEYWORDS = "SELECT word FROM pg_get_keywords()";

  /** User-defined objects have OIDs of 16384 or higher. */
  private static final String FUNCTIONS =
      """
      SELECT p.proname, p.oid < 16384, p.provolatile = 'v', l.lanname IN ('sql', 'plpgsql'),
        CASE WHEN p.oid >= 16384 AND l.lanname IN ('sql', 'plpgsql')
          THEN coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) END
      FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang\
      """;

  /**
   * Names, and the texts or names that they use; without the cast, texts are truncated to 63 bytes.
   */
  private static final String USES =
      """
      SELECT c.relname, p.proname::text FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal
      UNION ALL SELECT c.relname, pg_get_ruledef(r.oid) FROM pg_rewrite r
        JOIN pg_class c ON c.oid = r.ev_class WHERE r.oid >= 16384
      UNION ALL SELECT c.relname, pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d
        JOIN pg_class c ON c.oid = d.adrelid WHERE d.oid >= 16384
      UNION ALL SELECT coalesce(c.relname, t.typname), pg_get_constraintdef(k.oid) FROM pg_constraint k
        LEFT JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_type t ON t.oid = k.contypid
        WHERE k.contype = 'c' AND k.oid >= 16384
      UNION ALL SELECT c.relname, concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
      UNION ALL SELECT p.relname, c.relname FROM pg_inherits i
        JOIN pg_class p ON p.oid = i.inhparent JOIN pg_class c ON c.oid = i.inhrelid
      UNION ALL SELECT p.relname, c.relname FROM pg_constraint k
        JOIN pg_class p ON p.oid = k.confrelid JOIN pg_class c ON c.oid = k.conrelid
        WHERE k.contype = 'f' AND (k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd'))
      UNION ALL SELECT c.relname, t.typname FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
        WHERE t.oid >= 16384 AND a.attnum > 0
      UNION ALL SELECT t.typname, p.proname FROM pg_type t
        JOIN pg_proc p ON p.oid IN (t.typinput, t.typoutput, t.typreceive, t.typsend) WHERE p.oid >= 16384
      UNION ALL SELECT o.oprname, p.proname FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode WHERE o.oid >= 16384
      UNION ALL SELECT p.proname, f.proname FROM pg_aggregate g JOIN pg_proc p ON p.oid = g.aggfnoid
        JOIN pg_proc f ON f.oid IN (g.aggtransfn, g.aggfinalfn, g.aggcombinefn, g.aggmtransfn, g.aggminvtransfn, g.aggmfinalfn)
        WHERE p.oid >= 16384
      UNION ALL SELECT '*', p.proname FROM pg_cast c JOIN pg_proc p ON p.oid = c.castfunc WHERE c.oid >= 16384\
      """;

  /** A name, and the text of its definition. */
  private record Use(String name, SessionText text) {}

  private final Connection connection;
  private final Set<String> functions = new HashSet<>();
  private final Set<String> opaque = new HashSet<>();
  private final List<Use> uses = new ArrayList<>();

  private SessionCatalogReader(Connection connection) {
    this.connection = connection;
  }

  static SessionCatalog read(Connection connection) throws SQLException {
    SessionCatalogReader reader = new SessionCatalogReader(connection);
    reader.readFunctions();
    reader.readUses();
    return new SessionCatalog(
        Set.copyOf(reader.functions),
        Set.copyOf(reader.keywords()),
        Set.copyOf(reader.spread(SessionText.SESSION_FUNCTIONS, SessionText::commands)),
        Set.copyOf(reader.spread(reader.opaque, text -> !text.isReadable())));
  }

  private void readFunctions() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(FUNCTIONS)) {
      while (row.next()) {
        String name = row.getString(1);
        functions.add(name);
        boolean builtIn = row.getBoolean(2);
        boolean isVolatile = row.getBoolean(3);
        if (!builtIn && row.getBoolean(4)) {
          uses.add(new Use(name, SessionText.ofBody(row.getString(5))));
        } else if (isVolatile && !SessionText.isQuiet(name, builtIn)) {
          opaque.add(name);
        }
      }
    }
  }

  private void readUses() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(USES)) {
      while (row.next()) {
        uses.add(new Use(row.getString(1), SessionText.ofExpression(row.getString(2))));
      }
    }
  }

  private Set<String> keywords() throws SQLException {
    Set<String> keywords = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(KEYWORDS)) {
      while (row.next()) {
        keywords.add(row.getString(1));
      }
    }
    return keywords;
  }

  /**
   * The given names, and those that use one of them directly or indirectly or whose own text is of
   * a kind.
   */
  private Set<String> spread(Set<String> names, Predicate<SessionText> kind) {
    Set<String> marked = new HashSet<>(names);
    int before;
    do {
      before = marked.size();
      for (Use use : uses) {
        if (kind.test(use.text()) || use.text().uses(marked)) {
          marked.add(use.name());
        }
      }
    } while (marked.size() > before);
    return marked;
  }
}
