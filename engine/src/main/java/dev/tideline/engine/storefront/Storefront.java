package dev.tideline.engine.storefront;

import dev.tideline.engine.caching.QueryCache;
import dev.tideline.engine.caching.ShopCaches;
import dev.tideline.engine.catalog.CatalogCache;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.features.FeatureCache;
import dev.tideline.engine.preferences.PreferenceCache;
import dev.tideline.engine.ranking.RankingPolicy;
import dev.tideline.engine.ranking.Weighting;
import dev.tideline.engine.recommend.Recommender;
import dev.tideline.engine.search.PostgresEngine;
import dev.tideline.engine.search.ProductSearch;
import dev.tideline.engine.search.SearchEngine;
import dev.tideline.engine.search.SearchFeatures;
import dev.tideline.engine.suggest.Suggester;
import dev.tideline.engine.words.Language;
import dev.tideline.routing.RouteDecision;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The services that shoppers read from, and their caches. Thread-safe. */
public record Storefront(
    Stores stores,
    CatalogCache products,
    ProductSearch search,
    Suggester suggester,
    Recommender recommender,
    PreferenceCache preferences,
    RankingPolicy ranking) {

  /**
   * The parts of a storefront.
   *
   * @param explain classifies a statement
   * @param weighting replaces the weights of the database
   * @param engine makes the engine of one on PostgreSQL's text search
   */
  public record Parts(
      ShopDatabase database,
      ShopCaches caches,
      Function<String, RouteDecision> explain,
      Language language,
      Optional<Weighting> weighting,
      SearchFeatures features,
      UnaryOperator<SearchEngine> engine) {

    public Parts(
        ShopDatabase database,
        ShopCaches caches,
        Function<String, RouteDecision> explain,
        Language language) {
      this(
          database,
          caches,
          explain,
          language,
          Optional.empty(),
          SearchFeatures.ALL,
          UnaryOperator.identity());
    }

    /** The same with other weights. */
    public Parts with(Weighting other) {
      return new Parts(database, caches, explain, language, Optional.of(other), features, engine);
    }

    /** The same with an engine that has PostgreSQL's text search for what it cannot answer. */
    public Parts with(UnaryOperator<SearchEngine> other) {
      return new Parts(database, caches, explain, language, weighting, features, other);
    }

    /** The same without some parts of the search. */
    public Parts with(SearchFeatures some) {
      return new Parts(database, caches, explain, language, weighting, some, engine);
    }
  }

  public static Storefront of(Parts parts) {
    Stores stores = Stores.of(parts.database());
    ShopCaches caches = parts.caches();
    QueryCache results = new QueryCache(caches, parts.explain());
    CatalogCache products = new CatalogCache(stores.catalog(), caches);
    FeatureCache features = new FeatureCache(stores.features(), caches);
    RankingPolicy ranking = new RankingPolicy(stores.ranking(), results);
    Weighting weighting = parts.weighting().orElse(ranking);
    SearchEngine engine =
        parts
            .engine()
            .apply(
                new PostgresEngine(
                    stores.search(), caches, results, parts.language(), parts.features()));
    return new Storefront(
        stores,
        products,
        new ProductSearch(
            engine, new ProductSearch.Sources(stores.search(), products, features), weighting),
        new Suggester(stores.suggestions(), caches, parts.language()),
        new Recommender(
            new Recommender.Sources(stores.recommendations(), caches, results, products, features),
            weighting),
        new PreferenceCache(stores.users(), caches),
        ranking);
  }
}
