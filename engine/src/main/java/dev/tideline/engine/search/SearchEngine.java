package dev.tideline.engine.search;

import dev.tideline.engine.caching.Reads;
import java.util.Optional;

/**
 * Finds products by words. An engine decides which products match and how well by their texts; it
 * knows nothing of ranking. Where its data lies is its own affair. Thread-safe.
 */
public interface SearchEngine {

  /**
   * The candidates of a query in the query's order.
   *
   * @param from how many are passed over, 0 or more
   * @param count how many are wanted at most
   * @param reads how fresh the answer must be; what it depends on is added
   */
  Answer search(SearchQuery query, int from, int count, Reads reads);

  /**
   * What was found.
   *
   * @param normalizedQuery what was asked, in one form for all queries that mean the same
   * @param correctedQuery what was searched in its place, where nothing had it as it was typed
   * @param didYouMean what may have been meant, where little was found
   * @param highlighter marks what was looked for
   */
  record Answer(
      String normalizedQuery,
      Optional<String> correctedQuery,
      Optional<String> didYouMean,
      Candidates candidates,
      Highlighter highlighter) {}
}
