package dev.tideline.engine.storefront;

import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.features.FeatureStore;
import dev.tideline.engine.jobs.JobStore;
import dev.tideline.engine.preferences.UserStore;
import dev.tideline.engine.ranking.RankingStore;
import dev.tideline.engine.recommend.RecommendationStore;
import dev.tideline.engine.search.SearchStore;
import dev.tideline.engine.suggest.SuggestionStore;

/** The stores of a shop, each shared by all its users. Thread-safe. */
public record Stores(
    CatalogStore catalog,
    FeatureStore features,
    RankingStore ranking,
    SearchStore search,
    SuggestionStore suggestions,
    RecommendationStore recommendations,
    UserStore users,
    JobStore jobs) {

  public static Stores of(ShopDatabase database) {
    return new Stores(
        new CatalogStore(database),
        new FeatureStore(database),
        new RankingStore(database),
        new SearchStore(database),
        new SuggestionStore(database),
        new RecommendationStore(database),
        new UserStore(database),
        new JobStore(database));
  }
}
