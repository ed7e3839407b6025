package dev.tideline.bench.quality;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Measures of ranked lists, as TREC has them. */
final class RankingMeasures {

  private RankingMeasures() {}

  /**
   * Normalised discounted cumulative gain with linear gains (Järvelin and Kekäläinen, 2002); what
   * has no gain counts as 0.
   *
   * @param ranked best first
   * @return 0 to 1; 0 if nothing has a gain
   */
  static double ndcg(List<String> ranked, Map<String, Double> gains, int depth) {
    double ideal =
        dcg(gains.values().stream().sorted(Comparator.reverseOrder()).limit(depth).toList());
    return ideal == 0
        ? 0
        : dcg(ranked.stream().limit(depth).map(id -> gains.getOrDefault(id, 0.0)).toList()) / ideal;
  }

  private static double dcg(List<Double> gains) {
    double sum = 0;
    for (int i = 0; i < gains.size(); i++) {
      sum += gains.get(i) * Math.log(2) / Math.log(i + 2.0);
    }
    return sum;
  }

  /** The share of what is relevant that is among the first. */
  static double recall(List<String> ranked, Collection<String> relevant, int depth) {
    return relevant.isEmpty()
        ? 0
        : (double) ranked.stream().limit(depth).filter(relevant::contains).count()
            / relevant.size();
  }
}
