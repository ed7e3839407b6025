package dev.tideline.routing.sql;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The user-defined objects, and the names and operators that each definition uses. */
final class Definitions {

  /** The kind of object that is defined. */
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
   * @param isOpaque whether its text cannot be read, or itself writes
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

  /**
   * Receives a definition and the marked name that it uses; empty if the definition itself is
   * opaque.
   */
  @FunctionalInterface
  interface Mark {
    void mark(Definition definition, Optional<String> used);
  }

  /** Marks every definition that uses a marked name, until there are no more. */
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
