package dev.tideline.routing.sql;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The words and signs of one query, and what their positions say about them. */
final class Query {

  private static final Set<String> BEGINNINGS = Set.of("select", "with", "values", "table");
  private static final Set<String> DATA_MODIFYING = Set.of("insert", "update", "delete", "merge");

  private final List<SqlToken> tokens;
  private final Parentheses parentheses;

  private Query(List<SqlToken> tokens, Parentheses parentheses) {
    this.tokens = tokens;
    this.parentheses = parentheses;
  }

  /** Empty if parentheses do not match, or if the text does not begin like a query. */
  static Optional<Query> of(List<SqlToken> tokens) {
    return Parentheses.of(tokens)
        .map(parentheses -> new Query(tokens, parentheses))
        .filter(query -> query.isBeginning(query.afterOpening(0)));
  }

  static boolean mayBegin(SqlToken first) {
    return first.isSign("(") || isOneOf(first, BEGINNINGS);
  }

  static boolean isDataModifying(SqlToken token) {
    return isOneOf(token, DATA_MODIFYING);
  }

  private static boolean isOneOf(SqlToken token, Set<String> words) {
    return token.kind() == SqlToken.Kind.WORD && words.contains(token.text());
  }

  int size() {
    return tokens.size();
  }

  SqlToken at(int i) {
    return tokens.get(i);
  }

  boolean isSign(int i, String sign) {
    return i >= 0 && i < tokens.size() && tokens.get(i).isSign(sign);
  }

  boolean isWord(int i, String word) {
    return i >= 0 && i < tokens.size() && tokens.get(i).isWord(word);
  }

  boolean isWordIn(int i, Set<String> words) {
    return i >= 0 && i < tokens.size() && isOneOf(tokens.get(i), words);
  }

  boolean isName(int i) {
    return i >= 0 && i < tokens.size() && tokens.get(i).isName();
  }

  /** Whether a name has a schema or a table before it. */
  boolean isQualified(int i) {
    return isSign(i - 1, ".");
  }

  /** The index at which a name of several parts begins. */
  int startOfName(int i) {
    int start = i;
    while (isQualified(start) && isName(start - 2)) {
      start -= 2;
    }
    return start;
  }

  /** The index of the token before the parenthesis that matches the one at an index. */
  int beforePartner(int i) {
    return parentheses.partner(i) - 1;
  }

  private int afterOpening(int i) {
    int first = i;
    while (isSign(first, "(")) {
      first++;
    }
    return first;
  }

  private boolean isBeginning(int i) {
    return isWordIn(i, BEGINNINGS);
  }

  /**
   * Whether a name is that of a query of a WITH clause: {@code t AS (SELECT} or {@code t(a) AS}.
   */
  boolean isCommonTable(int i) {
    if (!isName(i) || isQualified(i)) {
      return false;
    }
    int as = isSign(i + 1, "(") ? parentheses.partner(i + 1) + 1 : i + 1;
    if (!isWord(as, "as")) {
      return false;
    }
    int open = as + 1;
    if (isWord(open, "not")) {
      open++;
    }
    if (isWord(open, "materialized")) {
      open++;
    }
    int first = afterOpening(open);
    return first > open && (isBeginning(first) || isWordIn(first, DATA_MODIFYING));
  }

  Set<String> commonTables() {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < tokens.size(); i++) {
      if (isCommonTable(i)) {
        names.add(tokens.get(i).text());
      }
    }
    return names;
  }
}
