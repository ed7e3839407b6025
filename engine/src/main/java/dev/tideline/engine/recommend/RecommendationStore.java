package dev.tideline.engine.recommend;

import dev.tideline.engine.caching.QueryCache;
import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.routing.route.ReadContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Candidates for recommendations in PostgreSQL. Thread-safe. */
public final class RecommendationStore {

  /** The source of a candidate, the strongest first; weaker sources only fill remaining places. */
  enum Hint {
    /** The item graph, from products that the user interacted with. */
    GRAPH,
    /** Words in common. */
    TEXT,
    /** Popular in the categories or brands of the user's stated preferences. */
    PREFERENCE,
    /** Popular in the categories of products that the user interacted with. */
    CATEGORY,
    /** Popular with all users. */
    POPULAR
  }

  /**
   * A candidate product.
   *
   * @param strength compares candidates of the same hint; larger is better
   * @param because the title of the product that the user interacted with, or the name of the
   *     category or brand
   */
  record Candidate(String id, Hint hint, double strength, Optional<String> because) {}

  /** The most candidates from the graph or from words; the ranking chooses among them. */
  static final int CANDIDATES_MAX = 200;

  /** The most products of a user's history. */
  private static final int HISTORY_MAX = 50;

  /** The weight of a product viewed in the session: as much as a purchase now. */
  private static final int SESSION_WEIGHT = 3;

  private static final int TASTES_MAX = 5;

  /** The strength of a product without events: less than any logarithm. */
  private static final double LEAST = -1e9;

  /**
   * The user's history: the interactions that the item graph's job has stored, and the events of
   * the last two days, so that a late job does no harm.
   */
  static final String HISTORY =
      """
      WITH lately AS (
        SELECT product_id, event_weight(type) AS weight FROM events
        WHERE user_id = :user AND product_id IS NOT NULL AND occurred_at > now() - interval '2 days'
        ORDER BY occurred_at DESC LIMIT :historyMax),
      history AS MATERIALIZED (
        SELECT product_id, sum(weight) AS weight FROM (
          SELECT * FROM lately
          UNION ALL SELECT product_id, weight FROM (
            SELECT product_id, power(2::float8, greatest(-200, weight - half_lives(now(), CAST(:halfLife AS interval)))) AS weight
            FROM interactions WHERE actor = 'u:' || :user AND product_id NOT IN (SELECT product_id FROM lately)
            ORDER BY weight DESC LIMIT :historyMax) AS known
          UNION ALL SELECT product_id, :sessionWeight FROM unnest(:session) AS seen (product_id)) AS parts
        GROUP BY product_id ORDER BY sum(weight) DESC, product_id LIMIT :historyMax)\
      """;

  static final String FOR_USER =
      HISTORY
          + """
          ,
          graph AS MATERIALIZED (
            SELECT n.neighbor_id AS id, sum(h.weight * n.weight) AS strength,
              (array_agg(h.product_id ORDER BY h.weight * n.weight DESC))[1] AS because
            FROM history h JOIN product_neighbors n ON n.product_id = h.product_id
            WHERE %s GROUP BY n.neighbor_id ORDER BY strength DESC, n.neighbor_id LIMIT :candidates),
          preferred AS MATERIALIZED (
            SELECT 'category' AS kind, name FROM user_preferences, jsonb_array_elements_text(preferences -> 'categories') AS name
            WHERE user_id = :user
            UNION ALL SELECT 'brand', name FROM user_preferences, jsonb_array_elements_text(preferences -> 'brands') AS name
            WHERE user_id = :user),
          preference AS MATERIALIZED (
            SELECT c.id, max(c.popularity_log2) AS strength, min(preferred.name) AS because FROM preferred CROSS JOIN LATERAL (
              SELECT p.id, f.popularity_log2 FROM products p JOIN product_features f ON f.product_id = p.id
              WHERE CASE preferred.kind WHEN 'brand' THEN p.brand = preferred.name
                ELSE p.category = preferred.name OR starts_with(p.category, preferred.name || ' > ') END AND %s
              ORDER BY f.popularity_log2 DESC NULLS LAST, p.id LIMIT :limit) c
            WHERE (SELECT count(*) FROM graph) < :limit GROUP BY c.id),
          tastes AS (
            SELECT p.category, sum(h.weight) / sum(sum(h.weight)) OVER () AS share
            FROM history h JOIN products p ON p.id = h.product_id WHERE p.category IS NOT NULL
            GROUP BY p.category ORDER BY sum(h.weight) DESC, p.category LIMIT :tastes),
          category AS MATERIALIZED (
            SELECT c.id, c.popularity_log2 + ln(t.share) / ln(2::float8) AS strength, t.category AS because
            FROM tastes t CROSS JOIN LATERAL (
              SELECT p.id, f.popularity_log2 FROM products p JOIN product_features f ON f.product_id = p.id
              WHERE p.category = t.category AND %s ORDER BY f.popularity_log2 DESC NULLS LAST, p.id LIMIT :limit) c
            WHERE (SELECT count(*) FROM graph) + (SELECT count(*) FROM preference) < :limit),
          popular AS MATERIALIZED (
            SELECT p.id, f.popularity_log2 AS strength FROM product_features f JOIN products p ON p.id = f.product_id
            WHERE %s
            ORDER BY f.popularity_log2 DESC NULLS LAST, f.product_id
            LIMIT CASE WHEN (SELECT count(*) FROM graph) < :limit THEN :limit + (SELECT count(*) FROM graph)
              + (SELECT count(*) FROM preference) + (SELECT count(*) FROM category) ELSE 0 END)
          SELECT DISTINCT ON (id) id, hint, strength, because FROM (
            SELECT g.id, 0 AS hint, g.strength, x.title AS because FROM graph g LEFT JOIN products x ON x.id = g.because
            UNION ALL SELECT id, 2, strength, because FROM preference
            UNION ALL SELECT id, 3, strength, because FROM category
            UNION ALL SELECT id, 4, strength, NULL FROM popular) AS hints
          ORDER BY id, hint
          """;

  private static final String SIMILAR =
      """
      WITH this AS MATERIALIZED (SELECT id, title, category, search_head FROM products WHERE id = :id),
      graph AS MATERIALIZED (
        SELECT neighbor_id AS id, weight AS strength FROM product_neighbors WHERE product_id = :id
        ORDER BY weight DESC, neighbor_id LIMIT :candidates),
      words AS MATERIALIZED (
        SELECT string_agg(quote_literal(lexeme), ' | ')::tsquery AS words FROM (
          SELECT DISTINCT w.lexeme, w.lexeme_products
          FROM this CROSS JOIN LATERAL unnest(tsvector_to_array(this.search_head)) AS l (lexeme)
            JOIN search_words w ON w.lexeme = l.lexeme
          WHERE w.lexeme_products > 1 ORDER BY w.lexeme_products, w.lexeme LIMIT 5) AS rare),
      text AS MATERIALIZED (
        SELECT p.id, ts_rank('{0.1, 0.4, 0.6, 1.0}', p.search_head, words.words)
          + CASE WHEN p.category = this.category THEN 0.5 ELSE 0 END AS strength
        FROM this, words, products p
        WHERE (SELECT count(*) FROM graph) < :limit AND p.search @@ words.words AND p.id <> :id
        ORDER BY strength DESC, p.id LIMIT :candidates),
      category AS MATERIALIZED (
        SELECT p.id, f.popularity_log2 AS strength, this.category AS because
        FROM this JOIN products p ON p.category = this.category LEFT JOIN product_features f ON f.product_id = p.id
        WHERE (SELECT count(*) FROM graph) + (SELECT count(*) FROM text) < :limit AND p.id <> :id
        ORDER BY f.popularity_log2 DESC NULLS LAST, p.id LIMIT :limit),
      popular AS MATERIALIZED (
        SELECT product_id AS id, popularity_log2 AS strength FROM product_features WHERE product_id <> :id
        ORDER BY popularity_log2 DESC NULLS LAST, product_id
        LIMIT CASE WHEN (SELECT count(*) FROM graph) + (SELECT count(*) FROM text) < :limit THEN :limit * 2 + 1 ELSE 0 END)
      SELECT DISTINCT ON (hints.id) hints.id, hint, strength, because FROM this LEFT JOIN (
        SELECT g.id, 0 AS hint, strength, NULL AS because FROM graph g
        UNION ALL SELECT id, 1, strength, NULL FROM text
        UNION ALL SELECT id, 3, strength, because FROM category
        UNION ALL SELECT id, 4, strength, NULL FROM popular) AS hints ON true
      ORDER BY hints.id, hint
      """;

  private static final String TRENDING =
      """
      SELECT %s, f.trending FROM product_features f JOIN products p ON p.id = f.product_id
      WHERE CAST(:category AS text) IS NULL OR p.category = :category OR starts_with(p.category, :category || ' > ')
      ORDER BY f.trending DESC NULLS LAST, f.product_id LIMIT :limit
      """
          .formatted(CatalogStore.SUMMARY_COLUMNS);

  private final ShopDatabase database;

  public RecommendationStore(ShopDatabase database) {
    this.database = database;
  }

  /** Candidates for a user, in no order. */
  List<Candidate> forUser(RecommendationQuery query, ReadContext reads) {
    String sql =
        FOR_USER.formatted(
            condition(query, "n.neighbor_id"),
            condition(query, "p.id"),
            condition(query, "p.id"),
            condition(query, "p.id"));
    return database.read(
        "recommend_candidates",
        reads,
        handle -> {
          Query statement =
              handle
                  .createQuery(sql)
                  .bind("user", query.userId())
                  .bind("historyMax", HISTORY_MAX)
                  .bind("halfLife", NeighborStore.HALF_LIFE.toString())
                  .bind("sessionWeight", SESSION_WEIGHT)
                  .bindArray("session", String.class, query.session().toArray())
                  .bind("candidates", CANDIDATES_MAX)
                  .bind("tastes", TASTES_MAX)
                  .bind("limit", query.limit());
          query.category().ifPresent(category -> statement.bind("category", category));
          return candidates(statement);
        });
  }

  private static String condition(RecommendationQuery query, String id) {
    String category =
        query.category().isEmpty()
            ? "true"
            : "EXISTS (SELECT FROM products c WHERE c.id = "
                + id
                + " AND (c.category = :category OR starts_with(c.category, :category || ' > ')))";
    return query.excludeSeen()
        ? category + " AND " + id + " NOT IN (SELECT product_id FROM history)"
        : category;
  }

  /** Candidates that are similar to a product, in no order; empty if the product does not exist. */
  Optional<List<Candidate>> similar(String id, int limit, ReadContext reads) {
    return database.read(
        "similar_candidates",
        reads,
        handle -> {
          List<Candidate> found =
              candidates(
                  handle
                      .createQuery(SIMILAR)
                      .bind("id", id)
                      .bind("candidates", CANDIDATES_MAX)
                      .bind("limit", limit));
          return found.isEmpty()
              ? Optional.<List<Candidate>>empty()
              : Optional.of(found.stream().filter(one -> !one.id().isEmpty()).toList());
        });
  }

  private static List<Candidate> candidates(Query statement) {
    return statement
        .map((row, context) -> {
          double strength = row.getDouble("strength");
          return new Candidate(
              Optional.ofNullable(row.getString("id")).orElse(""),
              Hint.values()[row.getInt("hint")],
              row.wasNull() ? LEAST : strength,
              Optional.ofNullable(row.getString("because")));
        })
        .list();
  }

  /** The statement of {@link #trending}. */
  QueryCache.Statement trendingStatement(@Nullable String category, int limit) {
    Map<String, @Nullable Object> parameters = new HashMap<>();
    parameters.put("category", category);
    parameters.put("limit", limit);
    return QueryCache.Statement.of("trending", TRENDING, parameters);
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
                        CatalogStore.summary(row),
                        row.getDouble("trending"),
                        "trending",
                        List.of()))
                .list());
  }
}
