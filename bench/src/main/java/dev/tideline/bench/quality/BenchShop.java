package dev.tideline.bench.quality;

import dev.tideline.embedded.TestDatabases;
import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.engine.caching.ShopCaches;
import dev.tideline.engine.database.Schema;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.search.SearchEngine;
import dev.tideline.engine.search.SearchFeatures;
import dev.tideline.engine.storefront.Storefront;
import dev.tideline.engine.words.Language;
import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.RouterConfig;
import dev.tideline.routing.node.NodeAddress;
import dev.tideline.routing.route.RoutingListener;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** An empty shop on a PostgreSQL of its own, gone when it is closed. */
final class BenchShop implements AutoCloseable {

  private final TestDatabases databases;
  private final ReadWriteRouter router;
  private final ShopDatabase database;

  BenchShop() throws InterruptedException {
    databases = TestDatabases.start(0);
    String url = databases.postgres().url(0);
    String password = databases.postgres().credentials().application();
    Schema.migrate(url, Credentials.APPLICATION, password);
    router =
        ReadWriteRouter.open(
            RouterConfig.of(
                    new NodeAddress("primary", url), List.of(), Credentials.APPLICATION, password)
                .withStatementTimeout(Duration.ofMinutes(10))
                .withProbes(ShopDatabase.PROBES),
            RoutingListener.NONE);
    database = new ShopDatabase(router, (query, duration) -> {});
  }

  ShopDatabase database() {
    return database;
  }

  /** What shoppers read, without caches. */
  Storefront storefront(Language language, RankingWeights weights, SearchFeatures features) {
    return Storefront.of(
        new Storefront.Parts(database, ShopCaches.none(), router::explain, language)
            .with((categories, reads) -> weights)
            .with(features));
  }

  /** The same with another engine. */
  Storefront storefront(
      Language language, RankingWeights weights, UnaryOperator<SearchEngine> engine) {
    return Storefront.of(
        new Storefront.Parts(database, ShopCaches.none(), router::explain, language)
            .with((categories, reads) -> weights)
            .with(engine));
  }

  @Override
  public void close() {
    router.close();
    databases.close();
  }
}
