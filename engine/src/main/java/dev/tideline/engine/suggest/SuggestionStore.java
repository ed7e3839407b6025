package dev.tideline.engine.suggest;

import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.jobs.JobSettings;
import dev.tideline.routing.route.ReadContext;
import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.Handle;

/** Suggestions in PostgreSQL. Thread-safe. */
public final class SuggestionStore {

  /** How long past queries are kept. */
  private static final String QUERY_HISTORY = "90 days";

  /** The longest text of a suggestion; longer texts are cut. */
  private static final int TEXT_MAX = 120;

  /** How many of its first words a suggestion can be found by. */
  private static final int BEGINNINGS_MAX = 6;

  /** Beginnings up to this length match so many suggestions that a search by weight is faster. */
  private static final int SHORT = 2;

  /** Rows read for each suggestion, which has one row for each word that it can be found by. */
  private static final int ROWS_FOR_EACH = 4;

  /** How many different actors must have sent a query before it is suggested. */
  public static final int ACTORS_MIN = JobSettings.DEFAULT.suggestionActorsMin();

  /**
   * Weights are comparable across kinds: queries rank above brands, brands above categories, and
   * categories above single products. Within a kind, the weight is the use on a logarithmic scale.
   * An actor counts once a day for a query, and half as much after 14 days. A query that lately
   * found nothing in most cases, or that has a word that no product has, is not suggested.
   */
  private static final String MAKE =
      """
      CREATE TEMPORARY TABLE made ON COMMIT DROP AS
      WITH asked AS (
        SELECT normalized_query AS query, actor, day FROM query_actors
        WHERE day > (now() - CAST(:history AS interval))::date
        UNION
        SELECT query_text(query), coalesce('u:' || user_id, 's:' || session_id), (occurred_at AT TIME ZONE 'UTC')::date
        FROM events WHERE type = 'search' AND query IS NOT NULL AND length(query) <= :textMax
          AND occurred_at > now() - CAST(:history AS interval)),
      used AS (
        SELECT query, sum(power(2::float8, (day - (now() AT TIME ZONE 'UTC')::date) / 14.0)) AS uses
        FROM asked GROUP BY query HAVING count(DISTINCT actor) >= :actors),
      vain AS (
        SELECT normalized_query AS query FROM query_stats WHERE hour > now() - interval '7 days'
        GROUP BY normalized_query HAVING sum(zero_results) * 2 >= sum(count)),
      known AS ( -- typing errors are not suggested
        SELECT query, uses FROM used WHERE length(query) BETWEEN 2 AND :textMax AND uses >= 1
          AND NOT EXISTS (SELECT FROM vain WHERE vain.query = used.query)
          AND NOT EXISTS (SELECT FROM regexp_split_to_table(query, '[ "-]+') AS typed (word)
            WHERE word <> '' AND NOT EXISTS (SELECT FROM search_words WHERE search_words.word = typed.word))
        ORDER BY uses DESC, query LIMIT 50000),
      found AS (
        SELECT 'query' AS kind, query AS text, 0.6 + 0.4 * ln(1 + uses) / ln(1 + max(uses) OVER ()) AS weight FROM known
        UNION ALL
        SELECT 'brand', brand, 0.4 + 0.4 * ln(1 + count(*)) / ln(1 + max(count(*)) OVER ()) FROM products
        WHERE brand IS NOT NULL GROUP BY brand
        UNION ALL
        SELECT 'category', split_part(category, ' > ', -1), 0.3 + 0.4 * ln(1 + count(*)) / ln(1 + max(count(*)) OVER ())
        FROM products WHERE category IS NOT NULL GROUP BY split_part(category, ' > ', -1)
        UNION ALL
        SELECT 'product', title, 0.5 * greatest(0, 1 + (max(f.popularity_log2) - max(max(f.popularity_log2)) OVER ()) / 20)
        FROM products p LEFT JOIN product_features f ON f.product_id = p.id GROUP BY title),
      folded AS (
        SELECT kind, text, coalesce(max(weight), 0) AS weight, string_to_array(query_text(text), ' ') AS words
        FROM (SELECT kind, left(text, :textMax) AS text, weight FROM found) AS cut GROUP BY kind, text)
      SELECT kind, text, array_to_string(words[place\\:], ' ') COLLATE "C" AS beginning,
        max(weight * CASE WHEN place = 1 THEN 1 ELSE 0.8 END) AS weight
      FROM folded CROSS JOIN LATERAL generate_series(1, least(:beginnings, cardinality(words))) AS place
      WHERE words[place] <> ''
      GROUP BY kind, text, array_to_string(words[place\\:], ' ') COLLATE "C"
      """;

  private static final String KEEP =
      """
      INSERT INTO suggestions AS kept (kind, text, beginning, weight)
      SELECT kind, text, beginning, weight FROM made
      ON CONFLICT (kind, text, beginning) DO UPDATE SET weight = excluded.weight
      WHERE abs(kept.weight - excluded.weight) > 0.01
      """;

  private static final String FORGET =
      """
      DELETE FROM suggestions s WHERE NOT EXISTS (
        SELECT FROM made WHERE made.kind = s.kind AND made.text = s.text AND made.beginning = s.beginning)
      """;

  private final ShopDatabase database;

  public SuggestionStore(ShopDatabase database) {
    this.database = database;
  }

  /**
   * Suggestions whose text, from its first or a later word, starts with the beginning; the largest
   * weight first.
   *
   * @param beginning folded
   */
  List<Suggestion> find(String beginning, int limit, ReadContext reads) {
    // the rows of an index range must be sorted, which is slow for a beginning of one or two
    // characters; a scan in the order of weight soon finds enough of those
    String condition =
        beginning.length() <= SHORT
            ? "starts_with(beginning, :from)"
            : "beginning >= :from AND beginning < :to";
    return database.read(
        "suggestions",
        reads,
        handle ->
            handle
                .createQuery(
                    """
                    SELECT text, kind FROM (
                      SELECT text, kind, weight FROM suggestions WHERE %s ORDER BY weight DESC LIMIT :rows) AS best
                    GROUP BY text, kind ORDER BY max(weight) DESC, text LIMIT :limit
                    """
                        .formatted(condition))
                .bind("from", beginning)
                .bind("to", beginning + Character.MAX_VALUE)
                .bind("rows", limit * ROWS_FOR_EACH)
                .bind("limit", limit)
                .map((row, context) ->
                    new Suggestion(
                        row.getString("text"),
                        Suggestion.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT))))
                .list());
  }

  /**
   * Recomputes the suggestions; returns how many rows changed.
   *
   * @param actors how many different actors must have sent a query
   */
  static long remake(Handle handle, int actors) {
    handle
        .createUpdate(MAKE)
        .bind("history", QUERY_HISTORY)
        .bind("textMax", TEXT_MAX)
        .bind("beginnings", BEGINNINGS_MAX)
        .bind("actors", actors)
        .execute();
    handle.execute("ANALYZE made");
    handle
        .createUpdate("DELETE FROM query_stats WHERE hour < now() - CAST(:history AS interval)")
        .bind("history", QUERY_HISTORY)
        .execute();
    handle
        .createUpdate(
            "DELETE FROM query_actors WHERE day < (now() - CAST(:history AS interval))::date")
        .bind("history", QUERY_HISTORY)
        .execute();
    return (long) handle.execute(KEEP) + handle.execute(FORGET);
  }
}
