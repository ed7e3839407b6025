package dev.tideline.engine.recommend;

import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.routing.ReadContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Popular products, overall, by category, and for a person's tastes. Thread-safe. */
public final class RecommendationStore {

  /** As many of a person's latest events as tell their tastes. */
  private static final int HISTORY_MAX = 200;

  private static final int TASTES_MAX = 5;
  private static final int PER_TASTE_MAX = 100;

  static final String FOR_USER =
      """
      WITH history AS (
        SELECT product_id, CASE type WHEN 'purchase' THEN 3 WHEN 'add_to_cart' THEN 2 ELSE 1 END AS weight
        FROM events WHERE user_id = :user AND product_id IS NOT NULL AND occurred_at > now() - interval '90 days'
        ORDER BY occurred_at DESC LIMIT :history),
      tastes AS (
        SELECT p.category, sum(h.weight) / sum(sum(h.weight)) OVER () AS share
        FROM history h JOIN products p ON p.id = h.product_id WHERE p.category IS NOT NULL
        GROUP BY p.category ORDER BY sum(h.weight) DESC, p.category LIMIT :tastes)
      SELECT %s, c.popularity * t.share AS score
      FROM tastes t
      CROSS JOIN LATERAL (
        SELECT x.id, f.popularity FROM products x JOIN product_features f ON f.product_id = x.id
        WHERE x.category = t.category ORDER BY f.popularity DESC, x.id LIMIT :perTaste) c
      JOIN products p ON p.id = c.id
      ORDER BY score DESC, p.id LIMIT :limit
      """
          .formatted(CatalogStore.SUMMARY_COLUMNS);

  private static final String POPULAR =
      """
      SELECT %s, f.popularity AS score FROM product_features f JOIN products p ON p.id = f.product_id
      ORDER BY f.popularity DESC, f.product_id LIMIT :limit
      """
          .formatted(CatalogStore.SUMMARY_COLUMNS);

  private static final String TRENDING =
      """
      SELECT %s, f.trend AS score FROM product_features f JOIN products p ON p.id = f.product_id
      WHERE CAST(:category AS text) IS NULL OR p.category = :category OR starts_with(p.category, :category || ' > ')
      ORDER BY f.trend DESC, f.product_id LIMIT :limit
      """
          .formatted(CatalogStore.SUMMARY_COLUMNS);

  private final ShopDatabase database;

  public RecommendationStore(ShopDatabase database) {
    this.database = database;
  }

  /** The most popular products of the categories that a person turns to most, best first. */
  List<Recommendation> inCategoriesOf(String userId, int limit, ReadContext reads) {
    return database.read(
        "recommend_for_user",
        reads,
        handle ->
            handle
                .createQuery(FOR_USER)
                .bind("user", userId)
                .bind("history", HISTORY_MAX)
                .bind("tastes", TASTES_MAX)
                .bind("perTaste", PER_TASTE_MAX)
                .bind("limit", limit)
                .map((row, context) ->
                    new Recommendation(
                        CatalogStore.summary(row),
                        row.getDouble("score"),
                        "popular in " + row.getString("category")))
                .list());
  }

  List<Recommendation> popular(int limit, ReadContext reads) {
    return database.read(
        "recommend_popular",
        reads,
        handle ->
            handle
                .createQuery(POPULAR)
                .bind("limit", limit)
                .map((row, context) ->
                    new Recommendation(
                        CatalogStore.summary(row), row.getDouble("score"), "popular"))
                .list());
  }

  List<Recommendation> trending(@Nullable String category, int limit, ReadContext reads) {
    return database.read(
        "trending",
        reads,
        handle ->
            handle
                .createQuery(TRENDING)
                .bind("category", category)
                .bind("limit", limit)
                .map((row, context) ->
                    new Recommendation(
                        CatalogStore.summary(row), row.getDouble("score"), "trending"))
                .list());
  }
}
