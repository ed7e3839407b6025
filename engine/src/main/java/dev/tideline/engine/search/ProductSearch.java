package dev.tideline.engine.search;

import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.catalog.CatalogCache;
import dev.tideline.engine.features.Feature;
import dev.tideline.engine.features.FeatureCache;
import dev.tideline.engine.features.FeatureRows;
import dev.tideline.engine.features.Shopper;
import dev.tideline.engine.ranking.Ranker;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.ranking.Weighting;
import dev.tideline.engine.search.HitList.Scored;
import dev.tideline.engine.search.SearchQuery.Page;
import dev.tideline.engine.search.SearchQuery.Sort;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Searches the catalog: an engine finds products by words, their features rank them, and the
 * products of the page are looked up. Thread-safe.
 */
public final class ProductSearch {

  /**
   * So many of the best by text are ranked together; the next so many come behind them, so that
   * pages fit together.
   */
  static final int BLOCK = 200;

  private final SearchEngine engine;
  private final SearchStore store;
  private final CatalogCache products;
  private final FeatureCache features;
  private final Weighting weighting;

  /** What a search reads from, besides the engine. */
  public record Sources(SearchStore store, CatalogCache products, FeatureCache features) {}

  public ProductSearch(SearchEngine engine, Sources sources, Weighting weighting) {
    this.engine = engine;
    this.store = sources.store();
    this.products = sources.products();
    this.features = sources.features();
    this.weighting = weighting;
  }

  public SearchResult search(SearchQuery query, Shopper shopper, Reads reads) {
    RankingWeights weights =
        query.sort() == Sort.RELEVANCE
            ? weighting.weights(query.filters().categories(), reads)
            : RankingWeights.TEXT_ALONE;
    boolean ranked = !weights.equals(RankingWeights.TEXT_ALONE);
    Page page = query.page();
    int from = ranked ? page.offset() / BLOCK * BLOCK : page.offset();
    int to = ranked ? Math.ceilDiv(page.end(), BLOCK) * BLOCK : page.end();
    SearchEngine.Answer answer = engine.search(query, from, to - from, reads);
    Candidates found = answer.candidates();
    List<Scored> scored = ranked ? ranked(found, from, weights, shopper, reads) : asFound(found);
    int first = Math.min(scored.size(), page.offset() - from);
    List<Scored> wanted = scored.subList(first, Math.min(scored.size(), first + page.limit()));
    HitList hits = new HitList(store, products, weights, reads);
    return new SearchResult(
        answer.normalizedQuery(),
        answer.correctedQuery(),
        answer.didYouMean(),
        found.total(),
        query.highlight() ? hits.of(wanted, answer.highlighter()) : hits.of(wanted),
        found.facets());
  }

  private static List<Scored> asFound(Candidates found) {
    double[] scores = found.relevances();
    Map<Feature, double[]> columns = Map.of(Feature.TEXT, scores);
    return IntStream.range(0, scores.length)
        .mapToObj(i -> new Scored(found.ids().get(i), scores[i], columns, i))
        .toList();
  }

  /**
   * Block by block, in each those that have every word before those that have some.
   *
   * @param from how many candidates were passed over
   */
  private List<Scored> ranked(
      Candidates found, int from, RankingWeights weights, Shopper shopper, Reads reads) {
    FeatureRows rows =
        features
            .fetch(found.ids(), weights.features(), shopper, reads)
            .with(Feature.TEXT, found.relevances());
    double[] scores = Ranker.score(rows.columns(), found.ids().size(), weights);
    List<Integer> places = new ArrayList<>(scores.length);
    for (int block = 0; block < scores.length; block += BLOCK) {
      int end = Math.min(scores.length, block + BLOCK);
      int some = Math.clamp(found.complete() - from, block, end);
      rank(scores, block, some, places);
      rank(scores, some, end, places);
    }
    return places.stream()
        .map(i -> new Scored(found.ids().get(i), scores[i], rows.columns(), i))
        .toList();
  }

  private static void rank(double[] scores, int from, int to, List<Integer> places) {
    for (int place : Ranker.order(Arrays.copyOfRange(scores, from, to))) {
      places.add(from + place);
    }
  }
}
