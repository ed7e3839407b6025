package dev.tideline.engine.recommend;

import dev.tideline.cache.CacheKey;
import dev.tideline.cache.Loaded;
import dev.tideline.cache.TieredCache;
import dev.tideline.engine.caching.JsonCodec;
import dev.tideline.engine.caching.ProductTags;
import dev.tideline.engine.caching.QueryCache;
import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.caching.ShopCache;
import dev.tideline.engine.caching.ShopCaches;
import dev.tideline.engine.caching.WatchedTable;
import dev.tideline.engine.catalog.CatalogCache;
import dev.tideline.engine.catalog.CategoryPath;
import dev.tideline.engine.catalog.ProductSummary;
import dev.tideline.engine.features.Feature;
import dev.tideline.engine.features.FeatureCache;
import dev.tideline.engine.features.FeatureRows;
import dev.tideline.engine.features.Shopper;
import dev.tideline.engine.ranking.Diversity;
import dev.tideline.engine.ranking.Ranker;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.ranking.Weighting;
import dev.tideline.engine.recommend.RecommendationStore.Candidate;
import dev.tideline.engine.recommend.RecommendationStore.Hint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * Recommends products without a search: first products that the item graph relates to the user's
 * history, then popular products of the user's preferences and of the categories in that history,
 * then products that are popular with all users. At most three statements. Thread-safe.
 */
public final class Recommender {

  /** How many times the limit is ranked, so that {@link Diversity} has products to choose from. */
  private static final int SPARE = 3;

  /** Replaces any reason that reveals something about the user. */
  static final String ACTIVITY = "based on your activity";

  private static final JsonCodec<List<Candidate>> CANDIDATES =
      JsonCodec.of(new TypeReference<>() {});
  private static final JsonCodec<List<Recommendation>> RECOMMENDATIONS =
      JsonCodec.of(new TypeReference<>() {});

  private final RecommendationStore store;
  private final QueryCache results;
  private final TieredCache<List<Candidate>> similar;
  private final CatalogCache products;
  private final FeatureCache features;
  private final Weighting weighting;

  /** The sources of recommendations. */
  public record Sources(
      RecommendationStore store,
      ShopCaches caches,
      QueryCache results,
      CatalogCache products,
      FeatureCache features) {}

  public Recommender(Sources sources, Weighting weighting) {
    this.store = sources.store();
    this.results = sources.results();
    this.similar = sources.caches().cache(ShopCache.SIMILAR, CANDIDATES);
    this.products = sources.products();
    this.features = sources.features();
    this.weighting = weighting;
  }

  /** Products for a user; an unknown user gets popular products. */
  public List<Recommendation> recommend(RecommendationQuery query, Reads reads) {
    return ranked(
        store.forUser(query, reads.sql()),
        query.limit(),
        weighting.weights(query.category().stream().toList(), reads),
        new Shopper(Optional.of(query.userId()), query.session()),
        query.named() ? Recommender::reason : Recommender::discreetReason,
        reads);
  }

  /**
   * Products that are similar to a product.
   *
   * @param limit 1 to 100
   * @return empty if the product does not exist
   */
  public Optional<List<Recommendation>> similar(String id, int limit, Reads reads) {
    RecommendationQuery.checkLimit(limit);
    return similar
        .get(
            CacheKey.builder().text("product", id).number("limit", limit).build(),
            reads.cache(),
            reads.loader(sql -> Loaded.of(store.similar(id, limit, sql), similarTags(id))))
        .find()
        .map(candidates ->
            ranked(
                candidates,
                limit,
                weighting.weights(List.of(), reads),
                Shopper.UNKNOWN,
                Recommender::reason,
                reads));
  }

  /**
   * Products that were viewed and bought more than usual in the last days.
   *
   * @param category only products of this category or below it; null for all
   * @param limit 1 to 100
   */
  public List<Recommendation> trending(@Nullable String category, int limit, Reads reads) {
    RecommendationQuery.checkLimit(limit);
    if (category != null) {
      CategoryPath.check("category", category);
    }
    String within = category == null ? ProductTags.ANY : ProductTags.category(category);
    return results.read(
        store.trendingStatement(category, limit),
        RECOMMENDATIONS,
        reads,
        sql ->
            Loaded.of(
                store.trending(category, limit, sql),
                Set.of(WatchedTable.PRODUCT_FEATURES.tag(), within)));
  }

  /**
   * The tags of an entry. Any product may change the list; {@link ShopCache#SIMILAR} tolerates that
   * for a second.
   */
  private static Set<String> similarTags(String id) {
    return Set.of(
        WatchedTable.PRODUCTS.tag(id),
        WatchedTable.PRODUCT_NEIGHBORS.tag(id),
        WatchedTable.PRODUCT_NEIGHBORS.tag(),
        WatchedTable.PRODUCT_FEATURES.tag());
  }

  private record Ranked(Candidate candidate, double score, int place) {}

  /** Ranks by hint, the strongest first, and then by the weighted features. */
  private List<Recommendation> ranked(
      List<Candidate> candidates,
      int limit,
      RankingWeights weights,
      Shopper shopper,
      Function<Candidate, String> reason,
      Reads reads) {
    List<String> ids = candidates.stream().map(Candidate::id).toList();
    FeatureRows rows =
        features
            .fetch(ids, weights.features(), shopper, reads)
            .with(Feature.TEXT, strengths(candidates));
    double[] scores = Ranker.score(rows.columns(), ids.size(), weights);
    List<Ranked> ranked = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      ranked.add(new Ranked(candidates.get(i), scores[i], i));
    }
    ranked.sort(
        Comparator.comparing((Ranked one) -> one.candidate().hint())
            .thenComparing(Comparator.comparingDouble(Ranked::score).reversed())
            .thenComparing(one -> one.candidate().id()));
    List<Ranked> best = ranked.subList(0, Math.min(ranked.size(), limit * SPARE));
    Map<String, ProductSummary> summaries =
        best.isEmpty()
            ? Map.of()
            : products.summaries(best.stream().map(one -> one.candidate().id()).toList(), reads);
    List<Recommendation> found = new ArrayList<>();
    for (Ranked one : best) {
      ProductSummary product = summaries.get(one.candidate().id());
      if (product != null) { // null if it was deleted between the reads
        found.add(
            new Recommendation(
                product,
                one.score(),
                reason.apply(one.candidate()),
                Ranker.explain(rows.columns(), one.place(), weights)));
      }
    }
    return Diversity.DEFAULT.arrange(found, Recommendation::product, limit);
  }

  /** Strengths relative to the strongest candidate of the same hint, 0 to 1. */
  private static double[] strengths(List<Candidate> candidates) {
    Map<Hint, Double> strongest = new EnumMap<>(Hint.class);
    candidates.forEach(one -> strongest.merge(one.hint(), one.strength(), Math::max));
    return candidates.stream()
        .mapToDouble(one -> {
          double most = strongest.getOrDefault(one.hint(), 0.0);
          return switch (one.hint()) {
            case GRAPH, TEXT -> most > 0 ? one.strength() / most : 0;
            // logarithms: each halving subtracts a tenth
            case PREFERENCE, CATEGORY, POPULAR ->
                Math.clamp(1 + (one.strength() - most) / 10, 0, 1);
          };
        })
        .toArray();
  }

  private static String reason(Candidate candidate) {
    return switch (candidate.hint()) {
      case GRAPH ->
          candidate
              .because()
              .map(title -> "because you viewed " + title)
              .orElse("often looked at together");
      case TEXT -> "similar";
      case PREFERENCE ->
          "popular in %s, which you prefer".formatted(candidate.because().orElse(""));
      case CATEGORY -> "popular in " + candidate.because().orElse("");
      case POPULAR -> "popular";
    };
  }

  /**
   * A reason for callers that know only the id: it does not reveal what the user did, viewed or
   * prefers.
   */
  private static String discreetReason(Candidate candidate) {
    return candidate.hint() == Hint.POPULAR ? reason(candidate) : ACTIVITY;
  }
}
