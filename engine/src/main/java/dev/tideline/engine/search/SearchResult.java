package dev.tideline.engine.search;

import dev.tideline.engine.catalog.ProductSummary;
import dev.tideline.engine.ranking.Ranker.Contribution;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The answer to a search.
 *
 * @param normalizedQuery what was asked, in one form for all queries that mean the same
 * @param correctedQuery what was searched in its place, where nothing had it as it was typed
 * @param didYouMean what may have been meant
 * @param total how many products match, on all pages
 * @param facets by name, the commonest values first
 */
public record SearchResult(
    String normalizedQuery,
    Optional<String> correctedQuery,
    Optional<String> didYouMean,
    long total,
    List<Hit> hits,
    Map<String, List<Facet.Count>> facets) {

  /**
   * A product found; a higher score comes first when the order is by relevance.
   *
   * @param explanation contributions that add up to the score
   * @param highlights by field, HTML with the words that were found in {@code mark} elements; of a
   *     description, the part around them; empty where it was not asked for
   */
  public record Hit(
      ProductSummary product,
      double score,
      List<Contribution> explanation,
      Map<String, String> highlights) {}
}
