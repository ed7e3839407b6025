package dev.tideline.engine.ranking;

import dev.tideline.engine.caching.Reads;
import java.util.List;

/** Chooses the weights to rank with. */
@FunctionalInterface
public interface Weighting {

  /**
   * The weights for what is asked.
   *
   * @param categories what was filtered by; empty for all the catalog
   */
  RankingWeights weights(List<String> categories, Reads reads);
}
