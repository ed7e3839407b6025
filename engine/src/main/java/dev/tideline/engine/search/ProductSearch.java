package dev.tideline.engine.search;

import dev.tideline.engine.search.SearchStore.Terms;
import dev.tideline.routing.ReadContext;

/**
 * Finds products by words: those with all of them first; with any of them when too few have all.
 * Thread-safe.
 */
public final class ProductSearch {

  /** With fewer products than this that have every word, those that have some are found too. */
  static final int ANY_TERM_BELOW = 5;

  private final SearchStore store;

  public ProductSearch(SearchStore store) {
    this.store = store;
  }

  public SearchResult search(SearchQuery query, ReadContext reads) {
    String normalized = QueryNormalizer.normalize(query.text());
    SearchStore.Page page = store.search(normalized, Terms.ALL, query, reads);
    if (page.total() < ANY_TERM_BELOW && normalized.indexOf(' ') > 0) {
      page = store.search(normalized, Terms.ANY, query, reads);
    }
    return new SearchResult(normalized, page.total(), page.hits());
  }
}
