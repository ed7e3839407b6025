package dev.tideline.routing.sql;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Finds the tables, views and sequences that a query names: what follows FROM, JOIN and TABLE, and
 * the commas of a FROM clause. One pass over the words, without recursion; each pair of parentheses
 * is a level with its own state.
 */
final class RelationFinder {

  private static final Set<String> BEFORE_RELATION = Set.of("only", "lateral");

  private static final Set<String> AFTER_FROM =
      Set.of(
          "where",
          "group",
          "having",
          "window",
          "order",
          "limit",
          "offset",
          "fetch",
          "for",
          "union",
          "intersect",
          "except");

  /** The state of the words between two parentheses. */
  private static final class Level {
    private boolean isQuery;
    private boolean inFrom;
    private boolean expectsRelation;
  }

  private final Query query;
  private final Set<String> names = new LinkedHashSet<>();
  private final Deque<Level> outer = new ArrayDeque<>();
  private Level level = new Level();

  private RelationFinder(Query query) {
    this.query = query;
  }

  /** Their names without schemas, including those of WITH queries. */
  static Set<String> find(Query query) {
    RelationFinder finder = new RelationFinder(query);
    int i = 0;
    while (i < query.size()) {
      i = finder.step(i);
    }
    return finder.names;
  }

  private int step(int i) {
    SqlToken token = query.at(i);
    if (token.isSign("(")) {
      open();
    } else if (token.isSign(")")) {
      level = outer.pop();
    } else if (token.isSign(",")) {
      level.expectsRelation = level.inFrom;
    } else if (token.isName()) {
      return name(i);
    }
    return i + 1;
  }

  /** In a FROM clause, tables may stand in parentheses with their joins. */
  private void open() {
    Level inner = new Level();
    inner.inFrom = level.expectsRelation;
    inner.expectsRelation = level.expectsRelation;
    level.expectsRelation = false;
    outer.push(level);
    level = inner;
  }

  private int name(int i) {
    SqlToken token = query.at(i);
    boolean isLabel = query.isQualified(i) || query.isWord(i - 1, "as");
    if (token.kind() == SqlToken.Kind.WORD && !isLabel && isKeyword(i)) {
      return i + 1;
    }
    return level.expectsRelation ? relation(i) : i + 1;
  }

  private boolean isKeyword(int i) {
    String word = query.at(i).text();
    switch (word) {
      case "select" -> {
        level.isQuery = true;
        endFrom();
      }
      case "from" -> {
        if (level.isQuery && !isComparison(i)) {
          level.inFrom = true;
          level.expectsRelation = true;
        }
      }
      case "join" -> level.expectsRelation = level.inFrom;
      case "table" -> {
        endFrom();
        level.expectsRelation = true;
      }
      case "with" -> {
        if (level.expectsRelation) { // otherwise WITH ORDINALITY, WITH TIME ZONE
          endFrom();
        }
      }
      case "values" -> {
        if (!level.expectsRelation || !query.isSign(i + 1, "(")) {
          return false; // it is a table or an alias, not a keyword
        }
        endFrom();
      }
      case "rows" -> {
        return level.expectsRelation && query.isWord(i + 1, "from");
      }
      default -> {
        if (AFTER_FROM.contains(word)) {
          endFrom();
          return true;
        }
        return BEFORE_RELATION.contains(word);
      }
    }
    return true;
  }

  /** Whether it is that of {@code IS DISTINCT FROM} or {@code IS NOT DISTINCT FROM}. */
  private boolean isComparison(int from) {
    int is = query.isWord(from - 2, "not") ? from - 3 : from - 2;
    return query.isWord(from - 1, "distinct") && query.isWord(is, "is") && !query.isQualified(is);
  }

  private void endFrom() {
    level.inFrom = false;
    level.expectsRelation = false;
  }

  private int relation(int i) {
    level.expectsRelation = false;
    int last = i;
    while (query.isSign(last + 1, ".") && query.isName(last + 2)) {
      last += 2;
    }
    if (!query.isSign(last + 1, "(")) { // otherwise it is a function
      names.add(query.at(last).text());
    }
    return last + 1;
  }
}
