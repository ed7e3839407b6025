package dev.tideline.routing.sql;

import dev.tideline.routing.sql.Classification.Reason;
import dev.tideline.routing.sql.Definitions.Definition;
import dev.tideline.routing.sql.SqlCatalog.Keywords;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a {@link SqlCatalog}. The volatility label is trusted for functions in C and similar
 * languages. For functions in SQL and PL/pgSQL, views, policies and domains the text is read too,
 * and anything that uses something that may write may write itself.
 */
final class CatalogReader {

  /** The limit for all names and texts together; a larger catalog is refused. */
  static final long CHARACTERS_MAX = 64 << 20;

  private static final int ROW_CHARACTERS = 32;

  /**
   * Built-in functions that are labelled volatile but change nothing, so a replica can run them.
   * User-defined functions with such a name are not included.
   */
  private static final Set<String> HARMLESS =
      Set.of(
          // generate numbers from session state that nothing else reads
          "random",
          "random_normal",
          "gen_random_uuid",
          "uuidv4",
          "uuidv7",
          // reorder an array's elements by such numbers
          "array_sample",
          "array_shuffle",
          // read the clock
          "clock_timestamp",
          "timeofday",
          // wait
          "pg_sleep");

  /** Reads a row of a result. */
  @FunctionalInterface
  private interface Row {
    void read(ResultSet row) throws SQLException;
  }

  private final Connection connection;
  private final long charactersMax;
  private final Set<String> functions = new HashSet<>();
  private final Set<String> volatileFunctions = new HashSet<>(Hazards.MISLABELLED_FUNCTIONS);
  private final Map<String, Reason> hazards = new HashMap<>();
  private final Set<String> operators = new HashSet<>();
  private final Set<String> varying = new HashSet<>();
  private boolean impliedWrites;
  private long characters;

  private CatalogReader(Connection connection, long charactersMax) {
    this.connection = connection;
    this.charactersMax = charactersMax;
  }

  /**
   * Reads the whole catalog.
   *
   * @throws SQLException with the SQLSTATE {@link SqlClassifier#CATALOG_TOO_LARGE} if the catalog
   *     exceeds the limit
   */
  static SqlCatalog read(Connection connection, long charactersMax) throws SQLException {
    return new CatalogReader(connection, charactersMax).read();
  }

  private SqlCatalog read() throws SQLException {
    boolean standardStrings = names(CatalogSql.STANDARD_STRINGS).contains("on");
    readFunctions();
    hazards(CatalogSql.SERVER_VIEWS, Reason.SERVER_STATE);
    hazards(CatalogSql.FOREIGN_TABLES, Reason.FOREIGN_TABLE);
    hazards(CatalogSql.UNLOGGED_TABLES, Reason.UNLOGGED_TABLE);
    hazards(CatalogSql.SEQUENCES, Reason.SEQUENCE);
    hazards(CatalogSql.VOLATILE_TYPES, Reason.VOLATILE_TYPE);
    spread(definitions(standardStrings));
    Set<String> likeColumns = names(CatalogSql.LIKE_COLUMNS);
    likeColumns.retainAll(volatileFunctions);
    likeColumns.forEach(name -> hazards.put(name, Reason.VOLATILE_FUNCTION));
    return new SqlCatalog(
        Set.copyOf(functions),
        Set.copyOf(volatileFunctions),
        Set.copyOf(names(CatalogSql.RELATIONS)),
        Map.copyOf(hazards),
        Set.copyOf(varying),
        Set.copyOf(operators),
        impliedWrites,
        keywords(),
        standardStrings);
  }

  private void readFunctions() throws SQLException {
    rows(
        CatalogSql.FUNCTIONS,
        row -> {
          String name = row.getString(1);
          functions.add(name);
          if (row.getBoolean(2)) {
            boolean harmless = row.getBoolean(3) && HARMLESS.contains(name);
            (harmless ? varying : volatileFunctions).add(name);
          }
        });
  }

  private Definitions definitions(boolean standardStrings) throws SQLException {
    Definitions found = new Definitions(standardStrings);
    define(found, Definitions.Kind.FUNCTION, CatalogSql.FUNCTION_BODIES);
    define(found, Definitions.Kind.FUNCTION, CatalogSql.AGGREGATES);
    define(found, Definitions.Kind.VIEW, CatalogSql.VIEWS);
    define(found, Definitions.Kind.TABLE, CatalogSql.CHILDREN);
    define(found, Definitions.Kind.TYPE, CatalogSql.TYPES);
    define(found, Definitions.Kind.OPERATOR, CatalogSql.OPERATORS);
    define(found, Definitions.Kind.IMPLIED, CatalogSql.IMPLIED);
    return found;
  }

  private void define(Definitions definitions, Definitions.Kind kind, String sql)
      throws SQLException {
    rows(
        sql,
        row -> {
          String text = row.getString(2);
          if (text != null) { // null if it has just been dropped
            definitions.add(kind, row.getString(1), text);
          }
        });
  }

  private void spread(Definitions definitions) {
    definitions.spread(
        name ->
            volatileFunctions.contains(name)
                || hazards.containsKey(name)
                || operators.contains(name),
        true,
        this::mark);
    definitions.spread(
        varying::contains, false, (definition, used) -> varying.add(definition.name()));
  }

  private void mark(Definition definition, Optional<String> used) {
    String name = definition.name();
    switch (definition.kind()) {
      case FUNCTION -> volatileFunctions.add(name);
      case OPERATOR -> operators.add(name);
      case IMPLIED -> impliedWrites = true;
      case TYPE -> hazards.putIfAbsent(name, Reason.VOLATILE_TYPE);
      case VIEW, TABLE ->
          hazards.putIfAbsent(name, used.map(hazards::get).orElse(Reason.VOLATILE_VIEW));
    }
  }

  private Keywords keywords() throws SQLException {
    Map<String, Set<String>> words = new HashMap<>();
    rows(
        CatalogSql.KEYWORDS,
        row ->
            words.computeIfAbsent(row.getString(2), code -> new HashSet<>()).add(row.getString(1)));
    return new Keywords(
        Set.copyOf(words.getOrDefault("R", Set.of())),
        Set.copyOf(words.getOrDefault("C", Set.of())),
        Set.copyOf(words.getOrDefault("T", Set.of())));
  }

  private void hazards(String sql, Reason reason) throws SQLException {
    names(sql).forEach(name -> hazards.put(name, reason));
  }

  private Set<String> names(String sql) throws SQLException {
    Set<String> names = new HashSet<>();
    rows(sql, row -> names.add(row.getString(1)));
    return names;
  }

  private void rows(String sql, Row each) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      int columns = row.getMetaData().getColumnCount();
      while (row.next()) {
        for (int column = 1; column <= columns; column++) {
          String value = row.getString(column);
          characters += ROW_CHARACTERS + (value == null ? 0 : value.length());
        }
        if (characters > charactersMax) {
          throw new SQLException(
              "the catalog has over " + charactersMax + " characters of names and definitions",
              SqlClassifier.CATALOG_TOO_LARGE);
        }
        each.read(row);
      }
    }
  }
}
