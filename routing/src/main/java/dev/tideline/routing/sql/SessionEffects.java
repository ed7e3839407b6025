package dev.tideline.routing.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Determines what a statement leaves in its session. It fails closed: a statement whose effect is
 * not known is {@link SessionEffect#UNKNOWN}. Decisions are cached by text, up to about two million
 * characters. Thread-safe.
 */
public final class SessionEffects implements Function<String, SessionEffect> {

  /** Longer statements are not parsed. */
  private static final int TEXT_LENGTH_MAX = 256 << 10;

  private static final int REMEMBERED_LENGTH_MAX = 4 << 10;
  private static final int REMEMBERED_CHARACTERS_MAX = 1 << 20;

  /** Words before a name that is not called although a parenthesis follows it. */
  private static final Set<String> BEFORE_NAMES =
      Set.of("into", "with", "recursive", "as", "table", "exists", "references");

  /**
   * Two generations: when the young one is full it becomes the old one, and the previous old one is
   * dropped.
   */
  private record ClassificationCache(
      Map<String, SessionEffect> old, Map<String, SessionEffect> young, AtomicLong characters) {

    static ClassificationCache after(Map<String, SessionEffect> old) {
      return new ClassificationCache(old, new ConcurrentHashMap<>(), new AtomicLong());
    }

    @Nullable SessionEffect find(String sql) {
      SessionEffect known = young.get(sql);
      return known == null ? old.get(sql) : known;
    }

    boolean isFullWith(String sql, SessionEffect effect) {
      return young.put(sql, effect) == null
          && characters.addAndGet(sql.length()) > REMEMBERED_CHARACTERS_MAX;
    }
  }

  private volatile @Nullable SessionCatalog catalog;
  private volatile ClassificationCache remembered = ClassificationCache.after(Map.of());

  /** Reads the catalog of a database; decisions made with a different one are dropped. */
  public void load(Connection connection) throws SQLException {
    SessionCatalog fresh = SessionCatalogReader.read(connection);
    if (!fresh.equals(catalog)) {
      catalog = fresh;
      remembered = ClassificationCache.after(Map.of());
    }
  }

  /** What a text of one or more statements leaves in the session. */
  @Override
  public SessionEffect apply(String sql) {
    ClassificationCache current = remembered;
    SessionEffect known = current.find(sql);
    SessionCatalog names = catalog;
    if (known != null || names == null || sql.length() > TEXT_LENGTH_MAX) {
      return known == null ? SessionEffect.UNKNOWN : known;
    }
    SessionEffect effect =
        SqlLexer.tokens(sql)
            .or(() -> SqlLexer.tokens(sql.replace('{', ' ').replace('}', ' '))) // JDBC's escapes
            .map(tokens -> of(tokens, names))
            .orElse(SessionEffect.UNKNOWN);
    if (sql.length() <= REMEMBERED_LENGTH_MAX && current.isFullWith(sql, effect)) {
      renew(current);
    }
    return effect;
  }

  private synchronized void renew(ClassificationCache full) {
    if (remembered.equals(full)) {
      remembered = ClassificationCache.after(full.young());
    }
  }

  static SessionEffect of(List<SqlToken> tokens, SessionCatalog catalog) {
    SessionEffect most = SessionEffect.NONE;
    for (List<SqlToken> statement : statements(tokens)) {
      most = most(most, ofOne(statement, catalog));
    }
    return most;
  }

  private static List<List<SqlToken>> statements(List<SqlToken> tokens) {
    List<List<SqlToken>> statements = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= tokens.size(); i++) {
      if (i == tokens.size() || tokens.get(i).isSign(";")) {
        if (i > start) {
          statements.add(tokens.subList(start, i));
        }
        start = i + 1;
      }
    }
    return statements;
  }

  private static SessionEffect ofOne(List<SqlToken> statement, SessionCatalog catalog) {
    SqlToken first = statement.getFirst();
    if (first.isWord("explain")) {
      List<SqlToken> explained = explained(statement);
      return explained.isEmpty() ? SessionEffect.UNKNOWN : ofOne(explained, catalog);
    }
    if (isAnswer(statement)) {
      return ofOne(statement.subList(2, statement.size()), catalog);
    }
    SessionEffect effect =
        most(SessionCommands.effect(statement), catalog.effect(SessionCatalog.EVERYTHING));
    for (int i = 0; i < statement.size() && effect != SessionEffect.UNKNOWN; i++) {
      effect = most(effect, at(statement, i, catalog));
    }
    return effect;
  }

  private static SessionEffect most(SessionEffect one, SessionEffect other) {
    return one.isMoreThan(other) ? one : other;
  }

  /** The JDBC form {@code ? = call f(?)}. */
  private static boolean isAnswer(List<SqlToken> statement) {
    return statement.size() > 2
        && statement.getFirst().kind() == SqlToken.Kind.VALUE
        && statement.get(1).text().equals("=");
  }

  private static List<SqlToken> explained(List<SqlToken> statement) {
    int at = 1;
    if (at < statement.size() && statement.get(at).isSign("(")) {
      at = closing(statement, at) + 1;
    }
    while (at < statement.size()
        && (statement.get(at).isWord("analyze") || statement.get(at).isWord("verbose"))) {
      at++;
    }
    return statement.subList(Math.min(at, statement.size()), statement.size());
  }

  /** The index of the parenthesis that closes the one at {@code open}, or the end. */
  private static int closing(List<SqlToken> tokens, int open) {
    int depth = 0;
    for (int i = open; i < tokens.size(); i++) {
      depth += tokens.get(i).isSign("(") ? 1 : tokens.get(i).isSign(")") ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    return tokens.size();
  }

  private static SessionEffect at(List<SqlToken> statement, int i, SessionCatalog catalog) {
    SqlToken token = statement.get(i);
    if (token.isWord("into")) {
      boolean rows =
          i > 0 && (isWord(statement, i - 1, "insert") || isWord(statement, i - 1, "merge"));
      return rows ? SessionEffect.NONE : SessionEffect.SESSION; // SELECT INTO, perhaps TEMP
    }
    if (!token.isName()) {
      return token.kind() == SqlToken.Kind.OPERATOR
          ? catalog.effect(token.text())
          : SessionEffect.NONE;
    }
    return isUnknownCall(statement, i, catalog)
        ? SessionEffect.UNKNOWN
        : catalog.effect(token.text());
  }

  /** A call of a function that the catalog did not have when it was read. */
  private static boolean isUnknownCall(List<SqlToken> statement, int i, SessionCatalog catalog) {
    SqlToken token = statement.get(i);
    if (i + 1 >= statement.size()
        || !statement.get(i + 1).isSign("(")
        || catalog.functions().contains(token.text())
        || (token.kind() == SqlToken.Kind.WORD && catalog.keywords().contains(token.text()))) {
      return false;
    }
    int before = i - 1;
    while (before > 0 && statement.get(before).isSign(".")) {
      before -= 2; // the schema of a table
    }
    boolean named =
        before >= 0
            && (statement.get(before).isSign(")")
                || BEFORE_NAMES.contains(statement.get(before).text()));
    return !named && !isTableExpression(statement, i);
  }

  /** {@code name (columns) AS (query)}, after WITH. */
  private static boolean isTableExpression(List<SqlToken> statement, int i) {
    int end = closing(statement, i + 1);
    return isWord(statement, end + 1, "as")
        && end + 2 < statement.size()
        && (statement.get(end + 2).isSign("(") || isWord(statement, end + 2, "materialized"));
  }

  private static boolean isWord(List<SqlToken> tokens, int i, String word) {
    return i >= 0 && i < tokens.size() && tokens.get(i).isWord(word);
  }
}
