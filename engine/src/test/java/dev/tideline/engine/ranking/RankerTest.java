package dev.tideline.engine.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tideline.engine.features.Feature;
import dev.tideline.engine.features.FeatureRows;
import dev.tideline.engine.input.InvalidInputException;
import dev.tideline.engine.ranking.Ranker.Contribution;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RankerTest {

  @Test
  void score_isTheWeightedSum() {
    RankingWeights weights =
        new RankingWeights(Map.of(Feature.TEXT, 2.0, Feature.POPULARITY, -0.5));
    FeatureRows rows =
        FeatureRows.unknown(2)
            .with(Feature.TEXT, new double[] {1, 0.5})
            .with(Feature.POPULARITY, new double[] {0.4, 0});
    assertThat(Ranker.score(rows.columns(), 2, weights)).containsExactly(1.8, 1.0);
  }

  @Test
  void order_anyScores_isThatOfAStableSort() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      double[] scores =
          random.doubles(random.nextInt(300)).map(d -> Math.round(d * 20 - 10) / 4.0).toArray();
      int[] expected =
          IntStream.range(0, scores.length)
              .boxed()
              .sorted((a, b) -> Double.compare(scores[b], scores[a]))
              .mapToInt(Integer::intValue)
              .toArray();
      assertThat(Ranker.order(scores)).as(Arrays.toString(scores)).isEqualTo(expected);
    }
  }

  @Test
  void explain_everyFeature_addsUpToTheScore() {
    Random random = new Random(2);
    FeatureRows rows = FeatureRows.unknown(50);
    Map<Feature, Double> weights = new java.util.EnumMap<>(Feature.class);
    for (Feature feature : Feature.values()) {
      rows = rows.with(feature, random.doubles(50).toArray());
      weights.put(feature, random.nextDouble() * 4 - 2);
    }
    RankingWeights all = new RankingWeights(weights);
    double[] scores = Ranker.score(rows.columns(), 50, all);
    for (int i = 0; i < 50; i++) {
      double sum =
          Ranker.explain(rows.columns(), i, all).stream()
              .mapToDouble(Contribution::contribution)
              .sum();
      assertThat(sum).isCloseTo(scores[i], within(1e-12));
    }
  }

  @Test
  void weights_zero_countNothingAndAreNotLookedUp() {
    RankingWeights weights = RankingWeights.of(Map.of("text", 1.0, "trend", 0.0));
    assertThat(weights.features()).containsExactly(Feature.TEXT);
  }

  @Test
  void weights_bad_areAllNamed() {
    assertThatThrownBy(
            () -> RankingWeights.of(Map.of("beauty", 1.0, "text", Double.NaN, "trend", 101.0)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("weights.beauty")
        .hasMessageContaining("weights.text")
        .hasMessageContaining("weights.trend");
  }
}
