package dev.tideline.engine.storefront;

import dev.tideline.engine.caching.QueryCache;
import dev.tideline.engine.caching.ShopCaches;
import dev.tideline.engine.catalog.CatalogCache;
import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.features.FeatureCache;
import dev.tideline.engine.features.FeatureStore;
import dev.tideline.engine.preferences.PreferenceCache;
import dev.tideline.engine.preferences.UserStore;
import dev.tideline.engine.ranking.RankingPolicy;
import dev.tideline.engine.ranking.RankingStore;
import dev.tideline.engine.ranking.Weighting;
import dev.tideline.engine.recommend.RecommendationStore;
import dev.tideline.engine.recommend.Recommender;
import dev.tideline.engine.search.ProductSearch;
import dev.tideline.engine.search.SearchFeatures;
import dev.tideline.engine.search.SearchStore;
import dev.tideline.engine.suggest.Suggester;
import dev.tideline.engine.suggest.SuggestionStore;
import dev.tideline.engine.words.Language;
import dev.tideline.routing.RouteDecision;
import java.util.Optional;
import java.util.function.Function;

/** All that shoppers read, and the caches that it is read through. Thread-safe. */
public record Storefront(
    CatalogCache products,
    ProductSearch search,
    Suggester suggester,
    Recommender recommender,
    PreferenceCache preferences,
    RankingPolicy ranking) {

  /**
   * What a storefront is made of.
   *
   * @param explain tells what a statement is
   * @param weighting in place of the weights that the database has
   */
  public record Parts(
      ShopDatabase database,
      ShopCaches caches,
      Function<String, RouteDecision> explain,
      Language language,
      Optional<Weighting> weighting,
      SearchFeatures features) {

    public Parts(
        ShopDatabase database,
        ShopCaches caches,
        Function<String, RouteDecision> explain,
        Language language) {
      this(database, caches, explain, language, Optional.empty(), SearchFeatures.ALL);
    }

    /** The same with other weights. */
    public Parts with(Weighting other) {
      return new Parts(database, caches, explain, language, Optional.of(other), features);
    }

    /** The same without some parts of the search. */
    public Parts with(SearchFeatures some) {
      return new Parts(database, caches, explain, language, weighting, some);
    }
  }

  public static Storefront of(Parts parts) {
    ShopDatabase database = parts.database();
    ShopCaches caches = parts.caches();
    QueryCache results = new QueryCache(caches, parts.explain());
    CatalogCache products = new CatalogCache(new CatalogStore(database), caches);
    FeatureCache features = new FeatureCache(new FeatureStore(database), caches);
    RankingPolicy ranking = new RankingPolicy(new RankingStore(database), results);
    Weighting weighting = parts.weighting().orElse(ranking);
    return new Storefront(
        products,
        new ProductSearch(
            new ProductSearch.Sources(
                new SearchStore(database), caches, results, products, features),
            weighting,
            parts.language(),
            parts.features()),
        new Suggester(new SuggestionStore(database), caches, parts.language()),
        new Recommender(
            new Recommender.Sources(
                new RecommendationStore(database), caches, results, products, features),
            weighting),
        new PreferenceCache(new UserStore(database), caches),
        ranking);
  }
}
