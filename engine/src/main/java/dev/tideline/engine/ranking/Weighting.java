package dev.tideline.engine.ranking;

import dev.tideline.engine.caching.Reads;
import java.util.List;

/** Chooses the weights to rank with. */
@FunctionalInterface
public interface Weighting {

  /**
   * The weights for a request.
   *
   * @param categories the categories of the filter; empty for the whole catalog
   */
  RankingWeights weights(List<String> categories, Reads reads);
}
