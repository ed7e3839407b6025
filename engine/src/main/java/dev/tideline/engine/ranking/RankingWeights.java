package dev.tideline.engine.ranking;

import dev.tideline.engine.features.Feature;
import dev.tideline.engine.input.FieldError;
import dev.tideline.engine.input.InvalidInputException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The weight of each feature; a feature that is not named has weight 0, and is not read. Immutable.
 */
public record RankingWeights(Map<Feature, Double> weights) {

  public static final double WEIGHT_MAX = 100;

  /** The weights of search and recommendations if no others are stored. */
  public static final RankingWeights DEFAULT =
      new RankingWeights(
          Map.of(
              Feature.TEXT, 1.0,
              Feature.POPULARITY, 0.1,
              Feature.CATEGORY_AFFINITY, 0.05,
              Feature.BRAND_AFFINITY, 0.05,
              Feature.PRICE_AFFINITY, 0.02));

  public static final RankingWeights TEXT_ALONE = new RankingWeights(Map.of(Feature.TEXT, 1.0));

  /** Drops weights of 0. */
  public RankingWeights {
    Map<Feature, Double> counted = new EnumMap<>(Feature.class);
    weights.forEach((feature, weight) -> {
      if (weight != 0) {
        counted.put(feature, weight);
      }
    });
    weights = Map.copyOf(counted);
  }

  /**
   * Weights as users write them.
   *
   * @throws InvalidInputException naming each unknown feature, and each weight that is not a number
   *     from -100 to 100
   */
  public static RankingWeights of(Map<String, Double> named) {
    Map<Feature, Double> weights = new EnumMap<>(Feature.class);
    List<FieldError> errors = new ArrayList<>();
    named.forEach((label, weight) -> {
      var feature = Feature.find(label);
      if (feature.isEmpty()) {
        errors.add(new FieldError("weights." + label, "is no feature"));
      } else if (!(Math.abs(weight) <= WEIGHT_MAX)) {
        errors.add(new FieldError("weights." + label, "must be -100 to 100"));
      } else {
        weights.put(feature.get(), weight);
      }
    });
    if (!errors.isEmpty()) {
      throw new InvalidInputException(errors);
    }
    return new RankingWeights(weights);
  }

  double of(Feature feature) {
    return weights.getOrDefault(feature, 0.0);
  }

  /** The features with a weight other than 0. */
  public Set<Feature> features() {
    return weights.keySet();
  }
}
