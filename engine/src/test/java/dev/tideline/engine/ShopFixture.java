package dev.tideline.engine;

import dev.tideline.embedded.TestDatabase;
import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.caching.ShopCaches;
import dev.tideline.engine.database.Schema;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.search.SearchEngine;
import dev.tideline.engine.storefront.Storefront;
import dev.tideline.engine.words.Language;
import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.RouterConfig;
import dev.tideline.routing.node.NodeAddress;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.route.RoutingListener;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A real, empty shop database for tests. */
public final class ShopFixture implements AutoCloseable {

  private final TestDatabase shop;
  private final ReadWriteRouter router;
  private final ShopDatabase database;
  private final AtomicInteger units = new AtomicInteger();

  public ShopFixture() throws Exception {
    shop = TestDatabase.copyOf("shop", 0, Schema::migrate);
    router =
        ReadWriteRouter.open(
            RouterConfig.of(
                    new NodeAddress("primary", shop.url(0)),
                    List.of(),
                    Credentials.APPLICATION,
                    shop.password())
                .withStatementTimeout(Duration.ofMinutes(5))
                .withProbes(ShopDatabase.PROBES),
            RoutingListener.NONE);
    database = new ShopDatabase(router, (query, duration) -> units.incrementAndGet());
  }

  public ShopDatabase database() {
    return database;
  }

  /** What shoppers read, without caches, ranked by these weights. */
  public Storefront storefront(Language language, RankingWeights weights) {
    return Storefront.of(
        new Storefront.Parts(database, ShopCaches.none(), router::explain, language)
            .with((categories, reads) -> weights));
  }

  /** The same with another engine. */
  public Storefront storefront(
      Language language, RankingWeights weights, UnaryOperator<SearchEngine> engine) {
    return Storefront.of(
        new Storefront.Parts(database, ShopCaches.none(), router::explain, language)
            .with((categories, reads) -> weights)
            .with(engine));
  }

  /** Reads of anything, without caches. */
  public static Reads reads() {
    return Reads.uncached(ReadContext.eventual());
  }

  public ReadWriteRouter router() {
    return router;
  }

  /** Units of work so far. */
  public int units() {
    return units.get();
  }

  public String url() {
    return shop.url(0);
  }

  public String password() {
    return shop.password();
  }

  /** A connection as the administrator; the caller closes it. */
  public Connection connect() throws SQLException {
    return shop.connectAsAdmin(0);
  }

  /** The first value of the first row, as text. */
  public String query(String sql) {
    try (Connection connection = shop.connectAsAdmin(0);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "no row";
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes the event partitions from one month to another, {@code 2019-01}. */
  public void makeMonths(String first, String last) {
    query("SELECT ensure_event_partitions('%s-01T00:00Z', '%s-01T00:00Z')".formatted(first, last));
    query("SELECT ensure_event_partitions(now() - interval '32 days', now() + interval '92 days')");
  }

  public void execute(String sql) {
    try (Connection connection = shop.connectAsAdmin(0);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    router.close();
    shop.close();
  }
}
