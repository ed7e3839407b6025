package dev.tideline.engine.warming;

import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.routing.route.ReadContext;
import java.util.List;

/** The most frequent requests, from PostgreSQL. Thread-safe. */
public final class WarmStore {

  /** The most frequent queries; each hour counts half as much as the next. */
  private static final String QUERIES =
      """
      SELECT normalized_query FROM query_stats
      WHERE hour > now() - interval '1 day' AND count > zero_results
      GROUP BY normalized_query
      ORDER BY sum(count * power(2::float8, extract(epoch FROM hour - now()) / 3600)) DESC, normalized_query
      LIMIT :max
      """;

  private static final String PRODUCTS =
      """
      SELECT id FROM (
        SELECT p.id, f.popularity_log2,
          row_number() OVER (PARTITION BY p.category ORDER BY f.popularity_log2 DESC NULLS LAST, p.id) AS place
        FROM product_features f JOIN products p ON p.id = f.product_id) AS ranked
      WHERE place <= :each ORDER BY place, popularity_log2 DESC NULLS LAST, id LIMIT :max
      """;

  private final ShopDatabase database;

  public WarmStore(ShopDatabase database) {
    this.database = database;
  }

  /** The normalized queries of the last hours, the most frequent first. */
  public List<String> queries(int max) {
    return database.read(
        "warm_queries",
        ReadContext.eventual(),
        handle -> handle.createQuery(QUERIES).bind("max", max).mapTo(String.class).list());
  }

  /** The most popular products of each category. */
  public List<String> products(int each, int max) {
    return database.read(
        "warm_products",
        ReadContext.eventual(),
        handle ->
            handle
                .createQuery(PRODUCTS)
                .bind("each", each)
                .bind("max", max)
                .mapTo(String.class)
                .list());
  }
}
