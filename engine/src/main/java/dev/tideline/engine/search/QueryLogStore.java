package dev.tideline.engine.search;

import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.search.QueryLog.Count;
import java.util.List;
import java.util.Map;

/** Counts of queries by hour in PostgreSQL. Thread-safe. */
public final class QueryLogStore {

  /** In the order of the key, so that two instances cannot wait in a ring. */
  private static final String ADD =
      """
      INSERT INTO query_stats AS s (normalized_query, hour, count, zero_results)
      SELECT query, date_trunc('hour', now()), asked, empty
      FROM unnest(:queries, :asked, :empty) AS t (query, asked, empty) ORDER BY query
      ON CONFLICT (normalized_query, hour) DO UPDATE
      SET count = s.count + excluded.count, zero_results = s.zero_results + excluded.zero_results
      """;

  private final ShopDatabase database;

  public QueryLogStore(ShopDatabase database) {
    this.database = database;
  }

  void add(Map<String, Count> counts) {
    List<Map.Entry<String, Count>> all = List.copyOf(counts.entrySet());
    database.write(
        "query_stats",
        handle ->
            handle
                .createUpdate(ADD)
                .bindArray("queries", String.class, all.stream().map(Map.Entry::getKey).toArray())
                .bindArray(
                    "asked", Long.class, all.stream().map(e -> e.getValue().asked()).toArray())
                .bindArray(
                    "empty", Long.class, all.stream().map(e -> e.getValue().empty()).toArray())
                .execute());
  }
}
