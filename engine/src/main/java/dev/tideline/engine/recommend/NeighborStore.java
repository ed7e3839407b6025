package dev.tideline.engine.recommend;

import dev.tideline.engine.jobs.JobStore.Range;
import java.time.Duration;
import org.jdbi.v3.core.Handle;

/**
 * The item graph: products that the same actors interact with, by RP3beta (Paudel, Christoffel,
 * Newell and Bernstein, "Updatable, accurate, diverse, and scalable recommendations for interactive
 * applications", 2016): the probability of a random walk from a product to an actor who interacted
 * with it, and on to another product of that actor, divided by a power of the other product's
 * popularity. Interactions are weighted by the type of event, and decay.
 */
final class NeighborStore {

  /** The half-life of an interaction's weight. */
  static final Duration HALF_LIFE = Duration.ofDays(60);

  /** The power of the popularity: 0.4 was best on Online Retail (docs/recommendations.md). */
  static final double BETA = 0.4;

  static final int NEIGHBORS_MAX = 100;

  /** How many of a product's actors are used, the latest first. */
  static final int ACTORS_MAX = 500;

  /** How many of an actor's products are used, the latest first. */
  static final int ITEMS_MAX = 200;

  /** Products whose neighbours are found in one transaction. */
  static final int BATCH = 500;

  /** Keeps the largest decayed weight of an actor and product, not the sum, which ranked worse. */
  private static final String TAKE_IN =
      """
      INSERT INTO interactions AS i (actor, product_id, weight)
      SELECT coalesce('u:' || user_id, 's:' || session_id) AS actor, product_id,
        max(half_lives(occurred_at, CAST(:halfLife AS interval)) + ln(event_weight(type)) / ln(2::float8))
      FROM events WHERE product_id IS NOT NULL AND %s
      GROUP BY 1, product_id ORDER BY 1, product_id
      ON CONFLICT (actor, product_id) DO UPDATE SET weight = excluded.weight WHERE i.weight < excluded.weight
      """;

  /** Computes the audience of each product with new events, in the same unit. */
  private static final String AUDIENCE =
      """
      WITH touched AS MATERIALIZED (SELECT DISTINCT product_id FROM events WHERE product_id IS NOT NULL AND %s),
      newest AS (
        SELECT i.product_id, i.weight, max(i.weight) OVER (PARTITION BY i.product_id) AS most
        FROM touched JOIN interactions i USING (product_id)),
      summed AS (
        SELECT product_id, max(most) + ln(sum(power(2::float8, greatest(-60, weight - most)))) / ln(2::float8) AS audience
        FROM newest GROUP BY product_id)
      INSERT INTO product_features AS f (product_id, audience_log2)
      SELECT s.product_id, s.audience FROM summed s JOIN products p ON p.id = s.product_id ORDER BY s.product_id
      ON CONFLICT (product_id) DO UPDATE SET audience_log2 = excluded.audience_log2
      """;

  /** Marks all products of the actors of new events, because their neighbours may have changed. */
  private static final String DUE =
      """
      WITH actors AS (
        SELECT DISTINCT coalesce('u:' || user_id, 's:' || session_id) AS actor
        FROM events WHERE product_id IS NOT NULL AND %s)
      INSERT INTO neighbors_due (product_id)
      SELECT DISTINCT i.product_id FROM actors CROSS JOIN LATERAL (
        SELECT product_id FROM interactions WHERE actor = actors.actor ORDER BY weight DESC LIMIT :items) i
      ON CONFLICT DO NOTHING
      """;

  /** Interactions whose weight is this many halvings below the latest are deleted: two years. */
  private static final int HALF_LIVES_KEPT = 12;

  private static final String PRUNE =
      """
      DELETE FROM interactions WHERE weight < (SELECT max(weight) FROM interactions) - :halfLives
      """;

  private static final String TAKE_BATCH =
      """
      DELETE FROM neighbors_due WHERE product_id IN (SELECT product_id FROM neighbors_due ORDER BY product_id LIMIT :batch)
      RETURNING product_id
      """;

  /** The actors of a batch's products, with weights relative to now. */
  private static final String HERE =
      """
      CREATE TEMPORARY TABLE here ON COMMIT DROP AS
      SELECT batch.product_id, a.actor,
        power(2::float8, greatest(-200, a.weight - half_lives(now(), CAST(:halfLife AS interval)))) AS weight
      FROM unnest(:batch) AS batch (product_id) CROSS JOIN LATERAL (
        SELECT actor, weight FROM interactions WHERE product_id = batch.product_id
        ORDER BY weight DESC LIMIT :actors) a
      """;

  /** The products of these actors, each as a share of the actor's total weight. */
  private static final String THEIRS =
      """
      CREATE TEMPORARY TABLE theirs ON COMMIT DROP AS
      SELECT actor, product_id, weight / sum(weight) OVER (PARTITION BY actor) AS share FROM (
        SELECT a.actor, i.product_id,
          power(2::float8, greatest(-200, i.weight - half_lives(now(), CAST(:halfLife AS interval)))) AS weight
        FROM (SELECT DISTINCT actor FROM here) a CROSS JOIN LATERAL (
          SELECT product_id, weight FROM interactions WHERE actor = a.actor ORDER BY weight DESC LIMIT :items) i
        ) AS items
      """;

  private static final String FIND =
      """
      CREATE TEMPORARY TABLE found ON COMMIT DROP AS
      SELECT product_id, neighbor_id, weight FROM (
        SELECT *, row_number() OVER (PARTITION BY product_id ORDER BY weight DESC, neighbor_id) AS place FROM (
          SELECT w.product_id, w.neighbor_id,
            w.weight / power(2::float8, greatest(-200, p.audience_log2 - unit.age))
              / power(power(2::float8, greatest(-200, n.audience_log2 - unit.age)) / :mean, :beta) AS weight
          FROM (
            SELECT here.product_id, theirs.product_id AS neighbor_id, sum(here.weight * theirs.share) AS weight
            FROM here JOIN theirs USING (actor) WHERE here.product_id <> theirs.product_id
            GROUP BY here.product_id, theirs.product_id) AS w
            JOIN product_features p ON p.product_id = w.product_id
            JOIN product_features n ON n.product_id = w.neighbor_id,
            (SELECT half_lives(now(), CAST(:halfLife AS interval)) AS age) AS unit
          WHERE w.weight > 0 AND p.audience_log2 IS NOT NULL AND n.audience_log2 IS NOT NULL) AS scored) AS ranked
      WHERE place <= :neighbors
      """;

  /** The mean audience of all products, relative to now. */
  private static final String MEAN_AUDIENCE =
      """
      SELECT coalesce(avg(power(2::float8, greatest(-200, audience_log2 - half_lives(now(), CAST(:halfLife AS interval))))), 1)
      FROM product_features WHERE audience_log2 IS NOT NULL
      """;

  private static final String FORGET =
      """
      DELETE FROM product_neighbors o WHERE o.product_id = ANY(:batch)
        AND NOT EXISTS (SELECT FROM found WHERE found.product_id = o.product_id AND found.neighbor_id = o.neighbor_id)
      """;

  /** Stores new and changed weights; a change of at most 2% is skipped. */
  private static final String KEEP =
      """
      INSERT INTO product_neighbors AS o (product_id, neighbor_id, weight)
      SELECT product_id, neighbor_id, weight FROM found
      ON CONFLICT (product_id, neighbor_id) DO UPDATE SET weight = excluded.weight
      WHERE abs(o.weight - excluded.weight) > 0.02 * o.weight
      """;

  private NeighborStore() {}

  /**
   * Adds the interactions of new events, and marks the products whose neighbours must be found
   * again.
   */
  static long addEvents(Handle handle, Range range) {
    if (range.from().isEmpty()) {
      handle.execute("TRUNCATE interactions, neighbors_due");
    }
    long rows = update(handle, TAKE_IN, range).bind("halfLife", HALF_LIFE.toString()).execute();
    update(handle, AUDIENCE, range).execute();
    update(handle, DUE, range).bind("items", ITEMS_MAX).execute();
    return rows;
  }

  private static org.jdbi.v3.core.statement.Update update(Handle handle, String sql, Range range) {
    return handle.createUpdate(sql.formatted(range.condition())).bindMap(range.parameters());
  }

  /** Deletes interactions of negligible weight, so that sessions do not accumulate. */
  static long prune(Handle handle) {
    return handle.createUpdate(PRUNE).bind("halfLives", HALF_LIVES_KEPT).execute();
  }

  /**
   * Finds the neighbours of a batch of marked products.
   *
   * @return how many products; 0 when none is left
   */
  static long findSome(Handle handle) {
    String[] batch =
        handle
            .createQuery(TAKE_BATCH)
            .bind("batch", BATCH)
            .mapTo(String.class)
            .list()
            .toArray(String[]::new);
    if (batch.length > 0) {
      double mean =
          handle
              .createQuery(MEAN_AUDIENCE)
              .bind("halfLife", HALF_LIFE.toString())
              .mapTo(Double.class)
              .one();
      handle.execute("SET LOCAL work_mem = '64MB'");
      handle
          .createUpdate(HERE)
          .bind("halfLife", HALF_LIFE.toString())
          .bindArray("batch", String.class, (Object[]) batch)
          .bind("actors", ACTORS_MAX)
          .execute();
      handle
          .createUpdate(THEIRS)
          .bind("halfLife", HALF_LIFE.toString())
          .bind("items", ITEMS_MAX)
          .execute();
      handle.execute("ANALYZE here, theirs"); // or the planner assumes only a few rows
      handle
          .createUpdate(FIND)
          .bind("halfLife", HALF_LIFE.toString())
          .bind("mean", mean)
          .bind("beta", BETA)
          .bind("neighbors", NEIGHBORS_MAX)
          .execute();
      handle.execute("ANALYZE found");
      handle.createUpdate(FORGET).bindArray("batch", String.class, (Object[]) batch).execute();
      handle.execute(KEEP);
    }
    return batch.length;
  }
}
