package dev.tideline.engine.suggest;

import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.jobs.JobSettings;
import dev.tideline.routing.route.ReadContext;
import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.Handle;

/** Suggestions in PostgreSQL. Thread-safe. */
public final class SuggestionStore {

  /** Past queries are forgotten after so long. */
  private static final String QUERY_HISTORY = "90 days";

  /** Text of a suggestion is cut at it: nobody reads more in a list. */
  private static final int TEXT_MAX = 120;

  /** From the first and so many further words a suggestion is found. */
  private static final int BEGINNINGS_MAX = 6;

  /** Whose beginnings so many suggestions share that they are better found by weight. */
  private static final int SHORT = 2;

  /** A suggestion is there once for each word it is found by. */
  private static final int ROWS_FOR_EACH = 4;

  /** A query is suggested when so many different actors have asked it. */
  public static final int ACTORS_MIN = JobSettings.DEFAULT.suggestionActorsMin();

  /**
   * Weights are comparable among the kinds: a query that people type is better than a brand, and
   * that than a category, and that than one product; within a kind, by use on a logarithmic scale.
   * Of queries, one actor counts once a day, however it asked; half after 14 days. A query that
   * mostly found nothing lately, or has a word that no product has, is not suggested.
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
   * What begins so, at its first word or at another, the heaviest first.
   *
   * @param beginning folded
   */
  List<Suggestion> find(String beginning, int limit, ReadContext reads) {
    // what a range of the index finds has to be sorted; of a letter or two that is too much, and
    // going through all by weight finds enough soon
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
   * Makes them anew; answers how many changed.
   *
   * @param actors how many different ones must have asked a query
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
