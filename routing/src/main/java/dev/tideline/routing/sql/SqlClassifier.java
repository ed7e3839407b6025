package dev.tideline.routing.sql;

import dev.tideline.routing.sql.Classification.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes statements that only read from those that write or may write. It splits a text into
 * tokens as PostgreSQL does and checks every word, for functions, locks and similar hazards at any
 * position. It fails closed: a statement that it does not know goes to the primary.
 *
 * <p>Time and memory are proportional to the length of a text, regardless of its nesting. Recent
 * decisions are cached by text, bounded in bytes. Thread-safe.
 */
public final class SqlClassifier {

  /** The SQLSTATE for a catalog that exceeds its memory limit: "program limit exceeded". */
  public static final String CATALOG_TOO_LARGE = "54000";

  /** Longer statements are neither parsed nor cached. */
  static final int TEXT_LENGTH_MAX = 64 << 10;

  static final long REMEMBERED_BYTES_MAX = 8 << 20;
  static final long LEARNED_BYTES_MAX = 1 << 20;

  private static final Set<String> SESSION =
      Set.of(
          "set",
          "reset",
          "listen",
          "unlisten",
          "prepare",
          "execute",
          "deallocate",
          "discard",
          "load",
          "begin",
          "start",
          "commit",
          "end",
          "rollback",
          "abort");

  /** Forms of SET that last no longer than the transaction. */
  private static final Set<String> TRANSACTION_SETTINGS =
      Set.of("local", "transaction", "constraints");

  private final LearnedTexts learned = new LearnedTexts(LEARNED_BYTES_MAX);
  private final ClassificationCache remembered = new ClassificationCache(REMEMBERED_BYTES_MAX);
  private volatile @Nullable SqlCatalog catalog;

  /**
   * Reads the catalog of a database; decisions made with a different one are dropped.
   *
   * @throws SQLException with the SQLSTATE {@link #CATALOG_TOO_LARGE} if there are too many names;
   *     then every statement goes to the primary
   */
  public void load(Connection connection) throws SQLException {
    try {
      use(CatalogReader.read(connection, CatalogReader.CHARACTERS_MAX));
    } catch (SQLException e) {
      if (CATALOG_TOO_LARGE.equals(e.getSQLState())) {
        catalog = null;
        remembered.clear();
      }
      throw e;
    }
  }

  void use(SqlCatalog fresh) {
    if (!fresh.equals(catalog)) {
      catalog = fresh;
      remembered.clear();
    }
  }

  /** Classifies a statement. */
  public Classification classify(String sql) {
    if (sql.length() > TEXT_LENGTH_MAX) {
      return Classification.write(Reason.NOT_PARSED, "longer than 64 KiB");
    }
    ClassificationCache.View view = remembered.view();
    Classification known = view.find(sql);
    if (known == null) {
      known = decide(sql);
      if (known.reason() != Reason.CATALOG_UNKNOWN) {
        view.put(sql, known);
      }
    }
    return known;
  }

  /**
   * Records that a replica refused a statement that the primary can run: from now on it goes to the
   * primary. Such texts are bounded in bytes; the oldest are dropped, and may be learned again.
   *
   * @return whether it was newly recorded
   */
  public boolean learn(String sql) {
    boolean isNews = learned.add(sql);
    if (isNews) {
      remembered.clear();
    }
    return isNews;
  }

  /** The size in bytes of the decisions by text. */
  long bytes() {
    return remembered.bytes() + learned.bytes();
  }

  private Classification decide(String sql) {
    if (learned.contains(sql)) {
      return Classification.write(Reason.LEARNED, "");
    }
    SqlCatalog known = catalog;
    if (known == null) {
      return Classification.write(Reason.CATALOG_UNKNOWN, "");
    }
    return SqlLexer.tokens(sql, known.standardStrings())
        .map(tokens -> decide(tokens, known))
        .orElseGet(() -> Classification.write(Reason.NOT_PARSED, ""));
  }

  private static Classification decide(List<SqlToken> all, SqlCatalog known) {
    List<SqlToken> tokens = withoutEnd(all);
    if (tokens.isEmpty()) {
      return Classification.write(Reason.NOT_PARSED, "no statement");
    }
    if (tokens.stream().anyMatch(token -> token.isSign(";"))) {
      return severalStatements(tokens);
    }
    return tokens.getFirst().isWord("explain")
        ? explained(tokens, known)
        : statement(tokens, known);
  }

  private static List<SqlToken> withoutEnd(List<SqlToken> tokens) {
    int end = tokens.size();
    while (end > 0 && tokens.get(end - 1).isSign(";")) {
      end--;
    }
    return tokens.subList(0, end);
  }

  /** One of several statements may change the session. */
  private static Classification severalStatements(List<SqlToken> tokens) {
    List<SqlToken> statement = new ArrayList<>();
    for (SqlToken token : tokens) {
      if (!token.isSign(";")) {
        statement.add(token);
        continue;
      }
      if (!statement.isEmpty() && command(statement).kind() == StatementKind.SESSION) {
        return Classification.session(Reason.SEVERAL_STATEMENTS, "");
      }
      statement.clear();
    }
    return !statement.isEmpty() && command(statement).kind() == StatementKind.SESSION
        ? Classification.session(Reason.SEVERAL_STATEMENTS, "")
        : Classification.write(Reason.SEVERAL_STATEMENTS, "");
  }

  private static Classification statement(List<SqlToken> tokens, SqlCatalog known) {
    if (!Query.mayBegin(tokens.getFirst())) {
      return command(tokens);
    }
    return Query.of(tokens)
        .map(query -> query(query, known))
        .orElseGet(() -> Classification.write(Reason.NOT_PARSED, ""));
  }

  private static Classification command(List<SqlToken> tokens) {
    SqlToken first = tokens.getFirst();
    String word = first.kind() == SqlToken.Kind.WORD ? first.text() : "";
    String second = tokens.size() > 1 ? tokens.get(1).text() : "";
    if (word.equals("set") && TRANSACTION_SETTINGS.contains(second)) {
      return Classification.write(Reason.SESSION_STATE, "set " + second);
    }
    if (SESSION.contains(word)) {
      return Classification.session(Reason.SESSION_STATE, word);
    }
    if (word.equals("declare") && tokens.stream().anyMatch(token -> token.isWord("hold"))) {
      return Classification.session(Reason.SESSION_STATE, word);
    }
    if (word.equals("show")) {
      return Classification.write(Reason.SERVER_STATE, word);
    }
    if (word.equals("create")
        && tokens.stream().limit(4).anyMatch(t -> t.isWord("temp") || t.isWord("temporary"))) {
      return Classification.session(Reason.TEMPORARY_TABLE, "");
    }
    return Classification.write(Reason.WRITE_STATEMENT, word);
  }

  /**
   * The explained statement decides: with ANALYZE it is run, and without it the node needs the
   * same.
   */
  private static Classification explained(List<SqlToken> tokens, SqlCatalog known) {
    int at = 1;
    if (at < tokens.size() && tokens.get(at).isSign("(")) {
      while (at < tokens.size() && !tokens.get(at).isSign(")")) {
        at++;
      }
      at++;
    }
    while (at < tokens.size() && isExplainOption(tokens.get(at))) {
      at++;
    }
    return at < tokens.size()
        ? statement(tokens.subList(at, tokens.size()), known)
        : Classification.write(Reason.NOT_PARSED, "");
  }

  private static boolean isExplainOption(SqlToken token) {
    return token.isWord("analyze") || token.isWord("analyse") || token.isWord("verbose");
  }

  private static Classification query(Query query, SqlCatalog known) {
    Hazards hazards = new Hazards(query, known);
    return hazards.find().orElseGet(() -> ofRelations(query, known, hazards.findVarying()));
  }

  private static Classification ofRelations(
      Query query, SqlCatalog known, Optional<String> varying) {
    Set<String> named = RelationFinder.find(query);
    Set<String> commonTables = query.commonTables();
    for (String name : named) {
      if (!known.relations().contains(name) && !commonTables.contains(name)) {
        return Classification.write(Reason.UNKNOWN_RELATION, name);
      }
    }
    Set<String> tables = new HashSet<>(named);
    tables.retainAll(known.relations());
    return varying
        .map(name -> Classification.varying(tables, name))
        .orElseGet(() -> Classification.read(tables));
  }
}
