package dev.tideline.engine.search;

import dev.tideline.engine.catalog.ProductSummary;
import java.util.List;

/**
 * The answer to a search.
 *
 * @param normalizedQuery the words that were looked for
 * @param total how many products match, on all pages
 */
public record SearchResult(String normalizedQuery, long total, List<Hit> hits) {

  /** A product found; a higher score comes first when the order is by relevance. */
  public record Hit(ProductSummary product, double score) {}
}
