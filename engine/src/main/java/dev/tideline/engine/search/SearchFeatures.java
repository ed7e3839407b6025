package dev.tideline.engine.search;

/**
 * Parts of the search that may be left out, to measure what they are worth.
 *
 * @param corrections of typing errors, of words run together and torn apart
 * @param synonyms the shop's own
 * @param adjacency more for words that stand next to each other
 * @param rarity more for rare words; otherwise all count the same
 * @param lengths less for long titles
 */
public record SearchFeatures(
    boolean corrections, boolean synonyms, boolean adjacency, boolean rarity, boolean lengths) {

  public static final SearchFeatures ALL = new SearchFeatures(true, true, true, true, true);
}
