package dev.tideline.routing.sql;

import dev.tideline.routing.sql.Classification.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.util.TablesNamesFinder;
import org.jspecify.annotations.Nullable;

/**
 * Tells statements that only read from those that write or may write. Two readers must agree on a
 * read: JSqlParser, for the statement's shape and its tables, and a look at every word of it, for
 * functions, locks and the like wherever they hide. It fails closed: what one of them does not know
 * goes to the primary.
 *
 * <p>Decisions are kept by text, the last few thousand of them. Thread-safe.
 */
public final class SqlClassifier implements AutoCloseable {

  /** Longer statements are not looked into. */
  static final int TEXT_LENGTH_MAX = 64 << 10;

  static final int REMEMBERED_MAX = 4_096;
  static final int LEARNED_MAX = 1_024;

  private static final int PARSE_MILLIS_MAX = 1_000;

  /** What took too long so often is taken for a write from then on. */
  private static final int PARSE_TIMEOUTS_MAX = 3;

  private static final Set<String> QUERIES = Set.of("select", "with", "values", "table", "explain");

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

  /** Of SET: what lasts no longer than the transaction. */
  private static final Set<String> TRANSACTION_SETTINGS =
      Set.of("local", "transaction", "constraints");

  private final ExecutorService parsing;
  private final IntSupplier parseMillisMax;
  private final Map<String, Integer> parseTimeouts = new ConcurrentHashMap<>();
  private final Set<String> learned = ConcurrentHashMap.newKeySet();
  private volatile @Nullable SqlCatalog catalog;
  private volatile Remembered remembered = new Remembered(Map.of());

  /** Two generations: when the young one is full it becomes the old one, and that is forgotten. */
  private static final class Remembered {
    private final Map<String, Classification> old;
    private final Map<String, Classification> young = new ConcurrentHashMap<>();

    Remembered(Map<String, Classification> old) {
      this.old = old;
    }

    @Nullable Classification find(String sql) {
      Classification known = young.get(sql);
      return known == null ? old.get(sql) : known;
    }
  }

  public SqlClassifier() {
    this(Executors.newVirtualThreadPerTaskExecutor(), () -> PARSE_MILLIS_MAX);
  }

  SqlClassifier(ExecutorService parsing, IntSupplier parseMillisMax) {
    this.parsing = parsing;
    this.parseMillisMax = parseMillisMax;
  }

  /** Reads the catalog of a database; decisions made by another are forgotten. */
  public void load(Connection connection) throws SQLException {
    SqlCatalog fresh = CatalogReader.read(connection);
    if (!fresh.equals(catalog)) {
      catalog = fresh;
      remembered = new Remembered(Map.of());
    }
  }

  /** What a statement is. */
  public Classification classify(String sql) {
    Remembered current = remembered;
    Classification known = current.young.get(sql);
    if (known == null) {
      known = current.find(sql);
      if (known == null) {
        known = decide(sql);
      }
      if (known.reason() == Reason.PARSE_TIMEOUT && mayBeParsedNextTime(sql)) {
        return known;
      }
      remember(current, sql, known);
    }
    return known;
  }

  private boolean mayBeParsedNextTime(String sql) {
    return parseTimeouts.size() < LEARNED_MAX
        && parseTimeouts.merge(sql, 1, Integer::sum) < PARSE_TIMEOUTS_MAX;
  }

  private void remember(Remembered current, String sql, Classification classification) {
    if (catalog == null || sql.length() > TEXT_LENGTH_MAX) {
      return;
    }
    current.young.put(sql, classification);
    if (current.young.size() >= REMEMBERED_MAX) {
      synchronized (this) {
        if (remembered.equals(current)) {
          remembered = new Remembered(current.young);
        }
      }
    }
  }

  /**
   * A replica refused a statement as one that writes: from now on it is one.
   *
   * @return whether that is news; false too when no more can be learned
   */
  public boolean learn(String sql) {
    if (learned.size() >= LEARNED_MAX || !learned.add(sql)) {
      return false;
    }
    remembered = new Remembered(Map.of());
    return true;
  }

  private Classification decide(String sql) {
    if (learned.contains(sql)) {
      return Classification.write(Reason.LEARNED, "");
    }
    SqlCatalog known = catalog;
    if (known == null) {
      return Classification.write(Reason.CATALOG_UNKNOWN, "");
    }
    if (sql.length() > TEXT_LENGTH_MAX) {
      return Classification.write(Reason.NOT_PARSED, "longer than 64 KiB");
    }
    return SqlLexer.tokens(sql)
        .map(tokens -> decide(sql, tokens, known))
        .orElseGet(() -> Classification.write(Reason.NOT_PARSED, ""));
  }

  private Classification decide(String sql, List<SqlToken> all, SqlCatalog known) {
    List<SqlToken> tokens = withoutEnd(all);
    if (tokens.isEmpty()) {
      return Classification.write(Reason.NOT_PARSED, "no statement");
    }
    if (tokens.stream().anyMatch(token -> token.isSign(";"))) {
      return severalStatements(tokens);
    }
    SqlToken first = tokens.getFirst();
    boolean isQuery =
        first.isSign("(") || (first.kind() == SqlToken.Kind.WORD && QUERIES.contains(first.text()));
    if (!isQuery) {
      return command(tokens);
    }
    if (first.isWord("explain")) {
      return explained(sql, tokens, known);
    }
    return new Hazards(tokens, known).find().orElseGet(() -> parsed(sql, known));
  }

  private static List<SqlToken> withoutEnd(List<SqlToken> tokens) {
    int end = tokens.size();
    while (end > 0 && tokens.get(end - 1).isSign(";")) {
      end--;
    }
    return tokens.subList(0, end);
  }

  /** Among several there may be one that changes the session. */
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

  /** What is explained decides: with ANALYZE it is run, and without it asks no less of a node. */
  private Classification explained(String sql, List<SqlToken> tokens, SqlCatalog known) {
    int at = 1;
    if (at < tokens.size() && tokens.get(at).isSign("(")) {
      while (at < tokens.size() && !tokens.get(at).isSign(")")) {
        at++;
      }
      at++;
    }
    while (at < tokens.size()
        && (tokens.get(at).isWord("analyze") || tokens.get(at).isWord("verbose"))) {
      at++;
    }
    if (at >= tokens.size()) {
      return Classification.write(Reason.NOT_PARSED, "");
    }
    int start = tokens.get(at).start();
    return decide(sql.substring(start), SqlLexer.tokens(sql.substring(start)).orElseThrow(), known);
  }

  private Classification parsed(String sql, SqlCatalog known) {
    Statement statement;
    try {
      statement =
          CCJSqlParserUtil.parse(
              sql, parsing, parser -> parser.withTimeOut(parseMillisMax.getAsInt()));
    } catch (JSQLParserException | RuntimeException | StackOverflowError e) {
      boolean late = e.getCause() instanceof TimeoutException;
      return Classification.write(late ? Reason.PARSE_TIMEOUT : Reason.NOT_PARSED, "");
    }
    if (!(statement instanceof Select)) {
      return Classification.write(Reason.WRITE_STATEMENT, "");
    }
    Set<String> tables =
        new TablesNamesFinder<>()
            .getTables(statement).stream().map(SqlClassifier::bareName).collect(Collectors.toSet());
    return tables.stream()
        .filter(name -> !known.relations().contains(name))
        .findFirst()
        .map(name -> Classification.write(Reason.UNKNOWN_RELATION, name))
        .orElseGet(() -> Classification.read(tables));
  }

  /** The last part of a name that may have a schema and quotes. */
  private static String bareName(String name) {
    String last =
        name.endsWith("\"")
            ? name.substring(name.lastIndexOf('"', name.length() - 2))
            : name.substring(name.lastIndexOf('.') + 1);
    return last.startsWith("\"")
        ? last.substring(1, last.length() - 1)
        : last.toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    parsing.close();
  }
}
