package dev.tideline.engine.search;

import java.util.List;
import java.util.Map;

/**
 * What matches a query, before it is ranked.
 *
 * @param total how many match, on all pages
 * @param complete how many of them have every word; they come before those that have some
 * @param topScore the best text score of all whose title is not the query itself
 * @param exact whether any title is the query itself
 * @param ids some of them, in the order asked for
 * @param scores text scores, one for each id
 * @param facets by name, the commonest values first
 */
public record Candidates(
    long total,
    long complete,
    double topScore,
    boolean exact,
    List<String> ids,
    List<Double> scores,
    Map<String, List<Facet.Count>> facets) {

  /** Nothing. */
  public static final Candidates NONE =
      new Candidates(0, 0, 0, false, List.of(), List.of(), Map.of());

  /** Added to the score of a product whose title is the query itself: it comes before all. */
  public static final double EXACT_TITLE = 1_000;

  /** What the best of the others is worth beside one whose title is the query itself. */
  private static final double BESIDE_EXACT = 0.8;

  /** The same with facets. */
  Candidates with(Map<String, List<Facet.Count>> counted) {
    return new Candidates(total, complete, topScore, exact, ids, scores, counted);
  }

  /** Text scores in parts of the best, 0 to 1. */
  double[] relevances() {
    double unit = topScore <= 0 ? 0 : (exact ? BESIDE_EXACT : 1) / topScore;
    return scores.stream().mapToDouble(s -> s >= EXACT_TITLE ? 1 : s * unit).toArray();
  }
}
