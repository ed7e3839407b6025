package dev.tideline.routing.sql;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** What users have defined, and which names and operators each definition uses. */
final class Definitions {

  /** What a definition is of. */
  enum Kind {
    FUNCTION,
    VIEW,
    TABLE,
    TYPE,
    OPERATOR,
    IMPLIED
  }

  /**
   * One definition.
   *
   * @param uses the names and signs in its text
   * @param isOpaque whether its text cannot be read, or writes by itself
   */
  record Definition(Kind kind, String name, Set<String> uses, boolean isOpaque) {}

  private final List<Definition> all = new ArrayList<>();
  private final boolean standardStrings;

  Definitions(boolean standardStrings) {
    this.standardStrings = standardStrings;
  }

  void add(Kind kind, String name, String text) {
    Optional<List<SqlToken>> tokens = SqlLexer.tokens(text, standardStrings);
    Set<String> uses = new HashSet<>();
    boolean opaque = tokens.isEmpty();
    for (SqlToken token : tokens.orElse(List.of())) {
      if (token.isName() || token.kind() == SqlToken.Kind.OPERATOR) {
        uses.add(token.text());
      }
      opaque |= token.isWord("execute") || Query.isDataModifying(token);
    }
    all.add(new Definition(kind, name, uses, opaque));
  }

  /** Told what a definition uses of what is marked; empty if it is opaque by itself. */
  @FunctionalInterface
  interface Mark {
    void mark(Definition definition, Optional<String> used);
  }

  /** Marks whoever uses what is marked, until nobody is left to mark. */
  void spread(Predicate<String> isMarked, boolean fromOpaque, Mark mark) {
    List<Definition> left = new ArrayList<>(all);
    int before;
    do {
      before = left.size();
      left.removeIf(definition -> {
        Optional<String> used = definition.uses().stream().filter(isMarked).findFirst();
        boolean isHit = used.isPresent() || (fromOpaque && definition.isOpaque());
        if (isHit) {
          mark.mark(definition, used);
        }
        return isHit;
      });
    } while (left.size() < before);
  }
}
