package dev.tideline.bench.ranking;

import dev.tideline.engine.features.Feature;
import dev.tideline.engine.features.FeatureRows;
import dev.tideline.engine.ranking.Ranker;
import dev.tideline.engine.ranking.RankingWeights;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Scores and orders candidates by all features. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RankingBenchmark {

  @Param("200")
  int candidates;

  private FeatureRows rows = FeatureRows.unknown(0);
  private RankingWeights weights = RankingWeights.DEFAULT;

  @Setup
  public void prepare() {
    Random random = new Random(42);
    rows = FeatureRows.unknown(candidates);
    Map<Feature, Double> all = new EnumMap<>(Feature.class);
    for (Feature feature : Feature.values()) {
      rows = rows.with(feature, random.doubles(candidates).toArray());
      all.put(feature, random.nextDouble());
    }
    weights = new RankingWeights(all);
  }

  @Benchmark
  public int[] rank() {
    return Ranker.order(Ranker.score(rows.columns(), candidates, weights));
  }
}
