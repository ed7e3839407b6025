package dev.tideline.engine.features;

import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.jobs.JobSettings;
import dev.tideline.engine.jobs.JobStore.Range;
import dev.tideline.routing.route.ReadContext;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Features of products in PostgreSQL. Thread-safe. */
public final class FeatureStore {

  /** The half-life of an event's weight in the popularity. */
  public static final Duration POPULARITY_HALF_LIFE = Duration.ofDays(14);

  /** The half-life of an event's weight in the recent popularity. */
  public static final Duration RECENT_HALF_LIFE = Duration.ofDays(2);

  /** A shopper's tastes are computed only from events younger than this. */
  public static final Duration HISTORY = Duration.ofDays(90);

  /** How many events of one actor, type and product count in a day. */
  public static final int DAILY_CAP = JobSettings.DEFAULT.eventDailyCap();

  /** The share of the usual popularity that is subtracted from the recent one for the trend. */
  private static final double USUAL_SHARE = 0.7;

  private static final String RESET =
      """
      UPDATE product_features SET popularity_log2 = NULL, recent_log2 = NULL, trending = NULL,
        views = 0, carts = 0, purchases = 0
      """;

  /** Used when no event was added before. */
  private static final String NOTHING_EARLIER =
      """
      earlier (product_id, day, type, actor, events) AS (
        SELECT NULL::text, NULL::timestamptz, NULL::text, NULL::text, 0 WHERE false)\
      """;

  /**
   * Counts the events of the same products and days that were added before, from the events
   * themselves. OFFSET 0 keeps each day a look-up in the index by product and time.
   */
  private static final String EARLIER =
      """
      earlier AS MATERIALIZED (
        SELECT days.product_id, days.day, seen.type, seen.actor, count(*) AS events
        FROM (SELECT DISTINCT product_id, day FROM fresh) AS days CROSS JOIN LATERAL (
          SELECT e.type, coalesce('u:' || e.user_id, 's:' || e.session_id) AS actor FROM events e
          WHERE e.product_id = days.product_id
            AND e.occurred_at >= days.day AND e.occurred_at < days.day + interval '24 hours'
            AND (e.received IS NULL OR e.received < :from) OFFSET 0) AS seen
        GROUP BY days.product_id, days.day, seen.type, seen.actor)\
      """;

  /**
   * Sums decayed weights as logarithms, relative to the product's newest event, so that no term
   * overflows or underflows. For each actor, product, type and day (UTC), the events that were
   * written first count, so that the result does not depend on how many parts they are added in.
   */
  static final String TAKE_IN =
      """
      WITH fresh AS MATERIALIZED (
        SELECT event_id, product_id, type, occurred_at, received, date_trunc('day', occurred_at, 'UTC') AS day,
          coalesce('u:' || user_id, 's:' || session_id) AS actor
        FROM events
        WHERE product_id IS NOT NULL AND %s),
      %s,
      placed AS (
        SELECT product_id, type, occurred_at, coalesce(events, 0) + row_number() OVER (
            PARTITION BY product_id, day, type, actor ORDER BY received NULLS FIRST, occurred_at, event_id) AS place
        FROM fresh LEFT JOIN earlier USING (product_id, day, type, actor)),
      counted AS (
        SELECT product_id, type, event_weight(type) AS weight,
          half_lives(occurred_at, CAST(:popularityHalfLife AS interval)) AS slow,
          half_lives(occurred_at, CAST(:recentHalfLife AS interval)) AS fast
        FROM placed WHERE place <= :cap),
      newest AS (
        SELECT *, max(slow) OVER product AS slowest, max(fast) OVER product AS fastest
        FROM counted WINDOW product AS (PARTITION BY product_id)),
      summed AS (
        SELECT product_id,
          max(slowest) + ln(sum(weight * power(2::float8, greatest(-60, slow - slowest)))) / ln(2::float8) AS popularity,
          max(fastest) + ln(sum(weight * power(2::float8, greatest(-60, fast - fastest)))) / ln(2::float8) AS recent,
          count(*) FILTER (WHERE type IN ('view', 'click')) AS views,
          count(*) FILTER (WHERE type = 'add_to_cart') AS carts,
          count(*) FILTER (WHERE type = 'purchase') AS purchases
        FROM newest GROUP BY product_id)
      INSERT INTO product_features AS f
        (product_id, popularity_log2, recent_log2, trending, views, carts, purchases, updated_at)
      SELECT s.product_id, s.popularity, s.recent, s.recent - :usual * s.popularity, s.views, s.carts, s.purchases, now()
      FROM summed s JOIN products p ON p.id = s.product_id
      ORDER BY s.product_id
      ON CONFLICT (product_id) DO UPDATE SET
        popularity_log2 = log2_add(f.popularity_log2, excluded.popularity_log2),
        recent_log2 = log2_add(f.recent_log2, excluded.recent_log2),
        trending = log2_add(f.recent_log2, excluded.recent_log2)
          - :usual * log2_add(f.popularity_log2, excluded.popularity_log2),
        views = f.views + excluded.views, carts = f.carts + excluded.carts,
        purchases = f.purchases + excluded.purchases, updated_at = now()
      """;

  private static final String RANK_PRICES =
      """
      UPDATE product_features f SET price_percentile = ranked.percentile, updated_at = now()
      FROM (
        SELECT id, CASE WHEN price IS NULL THEN NULL ELSE
          percent_rank() OVER (PARTITION BY category, currency, price IS NULL ORDER BY price) END AS percentile
        FROM products) ranked
      WHERE ranked.id = f.product_id AND f.price_percentile IS DISTINCT FROM ranked.percentile
      """;

  private final ShopDatabase database;

  public FeatureStore(ShopDatabase database) {
    this.database = database;
  }

  /**
   * Adds new events to the stored features; if the range has no beginning, recounts all events.
   *
   * @param cap how many events of one actor, type and product count in a day
   */
  static long addEvents(Handle handle, Range range, int cap) {
    if (range.from().isEmpty()) {
      handle.execute(RESET);
    }
    return handle
        .createUpdate(
            TAKE_IN.formatted(
                range.condition(), range.from().isEmpty() ? NOTHING_EARLIER : EARLIER))
        .bind("cap", cap)
        .bind("popularityHalfLife", POPULARITY_HALF_LIFE.toString())
        .bind("recentHalfLife", RECENT_HALF_LIFE.toString())
        .bind("usual", USUAL_SHARE)
        .bindMap(range.parameters())
        .execute();
  }

  /** Ranks each product's price in its category. */
  static long rankPrices(Handle handle) {
    return handle.execute(RANK_PRICES);
  }

  /**
   * Reads features of many products in one statement; no statement is run if no feature is wanted.
   *
   * @param ids at most a few hundred
   * @param wanted only these are read
   * @param shopper whose tastes count, for the features about them
   * @return a row for each id, in their order
   */
  public FeatureRows fetch(
      List<String> ids, Set<Feature> wanted, Shopper shopper, ReadContext reads) {
    List<Feature> columns =
        Arrays.stream(Feature.values())
            .filter(feature -> feature != Feature.TEXT && wanted.contains(feature))
            .filter(feature -> !feature.personal() || !shopper.isUnknown())
            .toList();
    FeatureRows rows = FeatureRows.unknown(ids.size());
    if (ids.isEmpty() || columns.isEmpty()) {
      return rows;
    }
    boolean personal = columns.stream().anyMatch(Feature::personal);
    return database.read(
        "features",
        reads,
        handle -> {
          var query =
              handle
                  .createQuery(sql(columns, personal))
                  .bindArray("ids", String.class, ids.toArray());
          if (personal) {
            query
                .bind("history", HISTORY.toString())
                .bind("user", shopper.userId().orElse(null))
                .bindArray("products", String.class, shopper.products().toArray());
          }
          return query.reduceResultSet(
              rows,
              (all, row, context) -> {
                all.set(row.getInt("place") - 1, columns, values(row, columns));
                return all;
              });
        });
  }

  private static String sql(List<Feature> columns, boolean personal) {
    return (personal ? TASTES : "")
        + "SELECT wanted.place, "
        + columns.stream()
            .map(feature -> column(feature) + " AS " + feature.label())
            .collect(Collectors.joining(", "))
        + " FROM unnest(:ids) WITH ORDINALITY AS wanted (id, place) JOIN products p ON p.id = wanted.id"
        + " LEFT JOIN product_features f ON f.product_id = p.id";
  }

  private static String column(Feature feature) {
    return switch (feature) {
      case TEXT -> "0";
      case POPULARITY -> againstMost("popularity_log2");
      case TREND -> againstMost("trending");
      case VIEWS -> inPartsOfMost("views");
      case CARTS -> inPartsOfMost("carts");
      case PURCHASES -> inPartsOfMost("purchases");
      case CONVERSION -> "(f.purchases + 1) / (f.views + f.purchases + 20)::float8";
      case FRESHNESS ->
          "power(2::float8, greatest(-60, extract(epoch FROM p.created_at - now()) / 2592000))";
      case PRICE_PERCENTILE -> "f.price_percentile";
      case IN_STOCK -> "p.in_stock::int";
      case CATEGORY_AFFINITY ->
          """
          greatest((SELECT taste FROM category_taste WHERE name = p.category),
            (SELECT 1 FROM preferred, jsonb_array_elements_text(preferences -> 'categories') AS name
             WHERE p.category = name OR starts_with(p.category, name || ' > ') LIMIT 1))\
          """;
      case BRAND_AFFINITY ->
          """
          greatest((SELECT taste FROM brand_taste WHERE name = p.brand),
            (SELECT 1 FROM preferred WHERE preferences -> 'brands' @> to_jsonb(p.brand)))\
          """;
      case PRICE_AFFINITY ->
          """
          (SELECT 1 FROM preferred
           WHERE (jsonb_exists(preferences, 'min_price') OR jsonb_exists(preferences, 'max_price'))
             AND p.price >= coalesce((preferences ->> 'min_price')::numeric, 0)
             AND p.price <= coalesce((preferences ->> 'max_price')::numeric, p.price))\
          """;
    };
  }

  private static String againstMost(String column) {
    return "1 + (f.%s - (SELECT max(%s) FROM product_features)) / 10".formatted(column, column);
  }

  private static String inPartsOfMost(String column) {
    return "ln(1 + f.%s) / ln(2 + (SELECT max(%s) FROM product_features))"
        .formatted(column, column);
  }

  /**
   * The shares of categories and brands in a shopper's weighted history, relative to the largest,
   * and the shopper's stated preferences.
   */
  private static final String TASTES =
      """
      WITH history AS MATERIALIZED (
        SELECT product_id, event_weight(type) AS weight FROM (
          SELECT product_id, type FROM events
          WHERE user_id = :user AND product_id IS NOT NULL AND occurred_at > now() - CAST(:history AS interval)
          ORDER BY occurred_at DESC LIMIT 100) bought
        UNION ALL SELECT product_id, 1 FROM unnest(:products) AS seen (product_id)),
      known AS MATERIALIZED (
        SELECT h.weight, x.category, x.brand FROM history h JOIN products x ON x.id = h.product_id),
      category_taste AS MATERIALIZED (
        SELECT category AS name, sum(weight) / max(sum(weight)) OVER () AS taste FROM known
        WHERE category IS NOT NULL GROUP BY category),
      brand_taste AS MATERIALIZED (
        SELECT brand AS name, sum(weight) / max(sum(weight)) OVER () AS taste FROM known
        WHERE brand IS NOT NULL GROUP BY brand),
      preferred AS MATERIALIZED (SELECT preferences FROM user_preferences WHERE user_id = :user)
      """;

  private static @Nullable Double[] values(ResultSet row, List<Feature> columns)
      throws SQLException {
    @Nullable Double[] values = new Double[columns.size()];
    for (int i = 0; i < values.length; i++) {
      double value = row.getDouble(columns.get(i).label());
      values[i] = row.wasNull() ? null : value;
    }
    return values;
  }
}
