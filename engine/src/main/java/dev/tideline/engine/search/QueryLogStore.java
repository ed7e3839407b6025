package dev.tideline.engine.search;

import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.search.QueryLog.Asker;
import dev.tideline.engine.search.QueryLog.Count;
import dev.tideline.engine.search.QueryLog.Counted;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Counts of queries by hour in PostgreSQL, and who asked them by day. Thread-safe. */
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

  private static final String ADD_ACTORS =
      """
      INSERT INTO query_actors (normalized_query, actor, day)
      SELECT query, actor, (now() AT TIME ZONE 'UTC')::date FROM unnest(:queries, :actors) AS t (query, actor)
      ORDER BY query, actor ON CONFLICT DO NOTHING
      """;

  private final ShopDatabase database;

  public QueryLogStore(ShopDatabase database) {
    this.database = database;
  }

  void add(Counted counted) {
    database.write(
        "query_stats",
        handle -> addCounts(handle, counted.counts()) + addActors(handle, counted.askers()));
  }

  private static int addCounts(Handle handle, Map<String, Count> counts) {
    List<Map.Entry<String, Count>> all = List.copyOf(counts.entrySet());
    return handle
        .createUpdate(ADD)
        .bindArray("queries", String.class, all.stream().map(Map.Entry::getKey).toArray())
        .bindArray("asked", Long.class, all.stream().map(e -> e.getValue().asked()).toArray())
        .bindArray("empty", Long.class, all.stream().map(e -> e.getValue().empty()).toArray())
        .execute();
  }

  private static int addActors(Handle handle, Set<Asker> askers) {
    List<Asker> all = List.copyOf(askers);
    return all.isEmpty()
        ? 0
        : handle
            .createUpdate(ADD_ACTORS)
            .bindArray("queries", String.class, all.stream().map(Asker::query).toArray())
            .bindArray("actors", String.class, all.stream().map(Asker::actor).toArray())
            .execute();
  }
}
