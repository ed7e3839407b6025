package dev.tideline.engine.search;

import dev.tideline.cache.CacheKey;
import java.util.List;

/**
 * What is to be looked for: groups of options, of which a product should have one each. Immutable.
 *
 * @param query as it was typed, folded
 * @param groups in the order of the words
 * @param readings other ways to read the query, for the case that nothing has it as it was typed;
 *     the likeliest first
 * @param pairs of the words as typed
 */
record QueryPlan(ParsedQuery query, List<Group> groups, List<Reading> readings, List<Pair> pairs) {

  /** Whether fewer than all of the groups could make a match, or others than what was typed. */
  boolean canRelax() {
    return groups.size() > 1 || groups.stream().anyMatch(Group::corrected);
  }

  /**
   * Adds what tells apart plans that find other products; plans that differ in weights alone are
   * the same.
   */
  void addTo(CacheKey key) {
    key.number("groups", groups.size());
    for (Group group : groups) {
      List<String> options =
          group.options().stream().map(each -> each.origin().mark + each.expression()).toList();
      String kind = (group.required() ? "must" : "may") + (group.common() ? " common" : "");
      key.inOrder(kind, options);
    }
    key.inOrder("phrases", query.phrases()).inOrder("excluded", query.excluded());
  }

  /** Where an option comes from. */
  enum Origin {
    TYPED(' '),
    SYNONYM('='),
    CORRECTION('?');

    private final char mark;

    Origin(char mark) {
      this.mark = mark;
    }
  }

  /**
   * One way to have what a group asks for.
   *
   * @param expression in the language of {@code to_tsquery}
   * @param idf how rare it is
   * @param operands how many words the expression has that a product need not have all
   * @param known whether the catalog was known to have it
   */
  record Option(String expression, Origin origin, double idf, int operands, boolean known) {

    private static final double SYNONYM_FACTOR = 0.9;

    /** What its text rank counts for. */
    double weight() {
      return idf * operands * (origin == Origin.SYNONYM ? SYNONYM_FACTOR : 1);
    }
  }

  /**
   * What one word, or several that belong together, asks for.
   *
   * @param required whether a product that is to match well must have it; words such as "for" need
   *     not be there
   * @param common so many products have it that it alone makes nothing a match
   */
  record Group(List<Option> options, boolean required, boolean common) {

    boolean corrected() {
      return options.stream().anyMatch(option -> option.origin() == Origin.CORRECTION);
    }

    /** The options that mean what was typed. */
    List<Option> asTyped() {
      return options.stream().filter(option -> option.origin() != Origin.CORRECTION).toList();
    }

    /** One that is a correction, by its place; of fewer, the first. */
    Option correction(int place) {
      List<Option> corrections =
          options.stream().filter(option -> option.origin() == Origin.CORRECTION).toList();
      return place < corrections.size() ? corrections.get(place) : corrections.getFirst();
    }
  }

  /**
   * A way to read a query that has words which may be typing errors.
   *
   * @param words what is read in place of the query's words
   * @param place which correction of each group it takes
   * @param pairs its words that count for more where a product has them next to each other
   */
  record Reading(List<String> words, int place, List<Pair> pairs) {}

  /** Two neighbouring words of the query. */
  record Pair(String expression, double idf) {}
}
