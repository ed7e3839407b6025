package dev.tideline.engine.features;

import dev.tideline.engine.database.ShopDatabase;
import java.time.Duration;

/** What shoppers' events say of products. Thread-safe. */
public final class FeatureStore {

  /** An event counts half as much for popularity when it is this old. */
  public static final Duration POPULARITY_HALF_LIFE = Duration.ofDays(14);

  /** And for the trend. */
  public static final Duration TREND_HALF_LIFE = Duration.ofDays(2);

  /** Older events are left out: by then they weigh a hundredth. */
  public static final Duration HISTORY = Duration.ofDays(90);

  static final String RECOMPUTE =
      """
      INSERT INTO product_features AS f (product_id, popularity, trend, views, carts, purchases, updated_at)
      SELECT p.id, coalesce(e.popularity, 0), coalesce(e.trend, 0),
        coalesce(e.views, 0), coalesce(e.carts, 0), coalesce(e.purchases, 0), now()
      FROM products p LEFT JOIN (
        SELECT product_id,
          sum(weight * exp(-ln(2) * age / :popularitySeconds)) AS popularity,
          sum(weight * exp(-ln(2) * age / :trendSeconds)) AS trend,
          count(*) FILTER (WHERE type IN ('view', 'click')) AS views,
          count(*) FILTER (WHERE type = 'add_to_cart') AS carts,
          count(*) FILTER (WHERE type = 'purchase') AS purchases
        FROM (
          SELECT product_id, type,
            CASE type WHEN 'purchase' THEN 3.0 WHEN 'add_to_cart' THEN 2.0 ELSE 1.0 END AS weight,
            greatest(0, extract(epoch FROM now() - occurred_at))::double precision AS age
          FROM events WHERE product_id IS NOT NULL AND occurred_at > now() - make_interval(secs => :historySeconds)
        ) weighted GROUP BY product_id
      ) e ON e.product_id = p.id
      ON CONFLICT (product_id) DO UPDATE SET popularity = excluded.popularity, trend = excluded.trend,
        views = excluded.views, carts = excluded.carts, purchases = excluded.purchases, updated_at = now()
      WHERE (f.popularity, f.trend, f.views, f.carts, f.purchases)
        IS DISTINCT FROM (excluded.popularity, excluded.trend, excluded.views, excluded.carts, excluded.purchases)
      """;

  private final ShopDatabase database;

  public FeatureStore(ShopDatabase database) {
    this.database = database;
  }

  /**
   * Computes popularity and trend of every product from the events of the last 90 days; answers how
   * many changed.
   */
  public int recompute() {
    return database.write(
        "popularity",
        handle ->
            handle
                .createUpdate(RECOMPUTE)
                .bind("popularitySeconds", (double) POPULARITY_HALF_LIFE.toSeconds())
                .bind("trendSeconds", (double) TREND_HALF_LIFE.toSeconds())
                .bind("historySeconds", (double) HISTORY.toSeconds())
                .execute());
  }
}
