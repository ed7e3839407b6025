package dev.tideline.engine.ranking;

import dev.tideline.cache.Loaded;
import dev.tideline.engine.caching.QueryCache;
import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.caching.WatchedTable;
import dev.tideline.routing.node.RoutingException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The weights that an instance ranks with, read from the database through a cache. Thread-safe. */
public final class RankingPolicy implements Weighting {

  private static final Logger log = LoggerFactory.getLogger(RankingPolicy.class);

  private static final String SEPARATOR = " > ";
  private static final String DEFAULT = "";

  private final RankingStore store;
  private final QueryCache results;

  public RankingPolicy(RankingStore store, QueryCache results) {
    this.store = store;
    this.results = results;
  }

  /**
   * The weights of a category: its own, else those of the nearest category above it, else the
   * default. Without a database they are the built-in ones.
   *
   * @param categories the categories of the filter; with none or several, the default weights are
   *     used
   */
  @Override
  public RankingWeights weights(List<String> categories, Reads reads) {
    Map<String, RankingWeights> all = all(reads);
    String category = categories.size() == 1 ? categories.getFirst() : DEFAULT;
    while (!category.isEmpty()) {
      RankingWeights own = all.get(category);
      if (own != null) {
        return own;
      }
      int end = category.lastIndexOf(SEPARATOR);
      category = end < 0 ? DEFAULT : category.substring(0, end);
    }
    return all.getOrDefault(DEFAULT, RankingWeights.DEFAULT);
  }

  /** All stored weights, by category; the category of the default is empty. */
  public Map<String, RankingWeights> all(Reads reads) {
    try {
      return results.read(
          RankingStore.ALL,
          RankingStore.CODEC,
          reads,
          sql -> Loaded.of(store.all(sql), Set.of(WatchedTable.RANKING_WEIGHTS.tag())));
    } catch (RoutingException e) {
      log.debug("no database to read ranking weights from", e);
      return Map.of();
    }
  }
}
