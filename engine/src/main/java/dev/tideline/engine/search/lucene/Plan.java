package dev.tideline.engine.search.lucene;

import dev.tideline.engine.text.ShopLanguage;
import java.util.List;

/**
 * What a query looks for. Immutable.
 *
 * @param groups of which a product should have one option each, in the order of the query
 * @param pairs neighbouring words, which count for more next to each other
 * @param phrases each a list of options, of which a product must have one
 * @param excluded options of which a product must have none
 */
record Plan(
    List<Group> groups, List<Option> pairs, List<List<Option>> phrases, List<Option> excluded) {

  /** What a synonym, or a compound written otherwise, counts for beside the word itself. */
  static final double OTHER_WORD = 0.9;

  /**
   * Terms that a product has next to each other in one of its fields.
   *
   * @param weight 0 to 1
   * @param beginning whether the last term may be the beginning of one
   */
  record Option(ShopLanguage language, List<String> terms, double weight, boolean beginning) {}

  /**
   * What a unit of a query asks for.
   *
   * @param unit as the query has it
   * @param identifier its letters and digits, if a product's identifier may be meant; else empty
   * @param required whether a match has it; a word such as "for" is not needed
   * @param common whether so many products have it that it alone does not make a match
   * @param known whether any product has it
   */
  record Group(
      String unit,
      List<Option> options,
      String identifier,
      boolean required,
      boolean common,
      boolean known) {}

  boolean isEmpty() {
    return groups.isEmpty() && phrases.isEmpty();
  }

  /** The units of which no product has any form. */
  boolean hasUnknown() {
    return groups.stream().anyMatch(group -> !group.known());
  }
}
