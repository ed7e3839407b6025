package dev.tideline.engine.search;

import dev.tideline.engine.caching.QueryCache;
import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.caching.ShopCaches;
import dev.tideline.engine.catalog.CatalogCache;
import dev.tideline.engine.features.Feature;
import dev.tideline.engine.features.FeatureCache;
import dev.tideline.engine.features.FeatureRows;
import dev.tideline.engine.features.Shopper;
import dev.tideline.engine.ranking.Ranker;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.ranking.Weighting;
import dev.tideline.engine.search.HitList.Scored;
import dev.tideline.engine.search.QueryPlan.Reading;
import dev.tideline.engine.search.SearchQuery.Page;
import dev.tideline.engine.search.SearchQuery.Sort;
import dev.tideline.engine.words.Language;
import dev.tideline.engine.words.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds products by words: those with all of them; where they are few, those with some too; where
 * there are none, those with what may have been meant. What is found is decided by the words alone:
 * filters leave some of it out, facets count it, and an order has those with all words before those
 * with some. At most three statements. Thread-safe.
 */
public final class ProductSearch {

  /**
   * So many of the best by text are ranked together; the next so many come behind them, so that
   * pages fit together.
   */
  static final int BLOCK = 200;

  private final SearchStore store;
  private final SearchCache cache;
  private final CatalogCache products;
  private final FeatureCache features;
  private final Weighting weighting;
  private final Language language;
  private final SearchFeatures parts;

  /** What a search reads from. */
  public record Sources(
      SearchStore store,
      ShopCaches caches,
      QueryCache results,
      CatalogCache products,
      FeatureCache features) {}

  public ProductSearch(Sources sources, Weighting weighting, Language language) {
    this(sources, weighting, language, SearchFeatures.ALL);
  }

  /** A search without some of its parts. */
  public ProductSearch(
      Sources sources, Weighting weighting, Language language, SearchFeatures parts) {
    this.store = sources.store();
    this.cache = new SearchCache(sources.store(), sources.caches(), sources.results());
    this.products = sources.products();
    this.features = sources.features();
    this.weighting = weighting;
    this.language = language;
    this.parts = parts;
  }

  public SearchResult search(SearchQuery query, Shopper shopper, Reads reads) {
    ParsedQuery parsed = ParsedQuery.parse(query.text());
    if (parsed.isEmpty()) {
      return SearchResult.nothing(parsed.normalized());
    }
    Language.State state = language.state();
    QueryPlan plan =
        new QueryPlanner(state.vocabulary(), state.synonyms(), parts).plan(parsed, query.prefix());
    RankingWeights weights =
        query.sort() == Sort.RELEVANCE
            ? weighting.weights(query.filters().categories(), reads)
            : RankingWeights.TEXT_ALONE;
    boolean ranked = !weights.equals(RankingWeights.TEXT_ALONE);
    Page page = query.page();
    int from = ranked ? page.offset() / BLOCK * BLOCK : page.offset();
    int to = ranked ? Math.ceilDiv(page.end(), BLOCK) * BLOCK : page.end();
    double averageTitle =
        parts.lengths() ? state.vocabulary().titleWords() : Vocabulary.UNCOUNTED_TITLE;
    Candidates found =
        cache.candidates(
            new SearchCache.Wanted(plan, query, state.vocabulary(), averageTitle, from, to - from),
            reads);
    List<Scored> scored = ranked ? ranked(found, from, weights, shopper, reads) : asFound(found);
    int first = Math.min(scored.size(), page.offset() - from);
    List<Scored> wanted = scored.subList(first, Math.min(scored.size(), first + page.limit()));
    Optional<Reading> applied = applied(plan, found);
    HitList hits = new HitList(store, products, weights, reads);
    Optional<String> corrected = applied.map(read -> text(parsed, read));
    return new SearchResult(
        parsed.normalized(),
        corrected,
        corrected.or(() ->
            plan.readings().stream()
                .filter(read -> found.total() < SearchStoreStatement.RELAX_BELOW)
                .findFirst()
                .map(read -> text(parsed, read))),
        found.total(),
        query.highlight()
            ? hits.of(wanted, highlighter(query, plan, applied, state))
            : hits.of(wanted),
        found.facets());
  }

  private static Highlighter highlighter(
      SearchQuery query, QueryPlan plan, Optional<Reading> applied, Language.State state) {
    List<String> typed = applied.map(Reading::words).orElse(plan.query().words());
    List<String> words = new ArrayList<>(typed);
    Stream.concat(
            typed.stream().flatMap(word -> state.synonyms().of(word).stream()),
            plan.query().phrases().stream())
        .forEach(several -> words.addAll(List.of(several.split(" ", -1))));
    return new Highlighter(
        state.vocabulary(),
        words,
        query.prefix() && !typed.isEmpty() ? Optional.of(typed.getLast()) : Optional.empty());
  }

  private static String text(ParsedQuery query, Reading reading) {
    return query.withWords(reading.words()).normalized();
  }

  /** The reading that found what was found, if nothing was found as it was typed. */
  private static Optional<Reading> applied(QueryPlan plan, Candidates found) {
    if (found.stages().getFirst() > 0 || found.total() == 0) {
      return Optional.empty();
    }
    for (int i = 0; i < plan.readings().size(); i++) {
      if (found.stages().get(i + 1) > 0) {
        return Optional.of(plan.readings().get(i));
      }
    }
    return plan.readings().stream().findFirst();
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
