package dev.tideline.engine.outbox;

import dev.tideline.cache.Invalidation;
import dev.tideline.cache.InvalidationLog.Page;
import dev.tideline.cache.Stamp;
import dev.tideline.engine.database.OutboxRows;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.token.Position;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The outbox of invalidations in PostgreSQL. */
final class OutboxStore {

  /** How far back a starting instance reads. */
  private static final Duration START_SPAN = Duration.ofMinutes(10);

  private static final int START_ROWS_MAX = 10_000;

  /**
   * How long rows are kept. An instance that has not read for longer starts again, and loses its
   * cache entries.
   */
  static final Duration KEPT = Duration.ofHours(1);

  /** A row that has no position after this time is given one by the instance that finds it. */
  private static final Duration ORPHANED = Duration.ofSeconds(1);

  private static final String PRUNED =
      "coalesce((SELECT (position - '0/0')::bigint FROM cache_outbox_pruned WHERE epoch = (SELECT epoch FROM epoch)), 0)";

  private static final String COLUMNS =
      """
      o.id, o.tags, o.reason, (o.position - '0/0')::bigint AS place,
        extract(epoch FROM clock_timestamp() - o.created_at) * 1000 AS age,
        o.position IS NULL AND (o.writer NOT LIKE 'tideline%%' OR o.created_at < now() - interval '%d ms') AS orphan\
      """
          .formatted(ORPHANED.toMillis());

  /** Selects rows of the current epoch: positions of other epochs are not comparable. */
  private static final String OF_EPOCH =
      "(o.position IS NULL OR o.epoch = (SELECT epoch FROM epoch))";

  private static final String START =
      """
      WITH latest AS MATERIALIZED (
        SELECT o.* FROM cache_outbox o
        WHERE %s AND (o.position IS NULL OR o.created_at > now() - CAST(:span AS interval))
        ORDER BY o.position DESC NULLS FIRST LIMIT :max)
      SELECT left_out.place AS floor, %s
      FROM (SELECT greatest(%s, (SELECT max((o.position - '0/0')::bigint) FROM cache_outbox o
        WHERE o.epoch = (SELECT epoch FROM epoch) AND o.position IS NOT NULL AND o.id NOT IN (SELECT id FROM latest))) AS place) AS left_out
        LEFT JOIN latest o ON true
      """
          .formatted(OF_EPOCH, COLUMNS, PRUNED);

  private static final String READ =
      """
      SELECT left_out.place AS floor, %s
      FROM (SELECT %s AS place) AS left_out LEFT JOIN cache_outbox o
        ON %s AND (o.position IS NULL OR o.position > '0/0'::pg_lsn + CAST(:after AS numeric) OR o.id = ANY(:pending))
      """
          .formatted(COLUMNS, PRUNED, OF_EPOCH);

  private static final String PRUNE =
      """
      WITH gone AS (
        DELETE FROM cache_outbox
        WHERE position IS NOT NULL AND created_at < now() - CAST(:kept AS interval) RETURNING position, epoch)
      UPDATE cache_outbox_pruned p SET epoch = now.epoch, position = greatest(
        CASE WHEN p.epoch = now.epoch THEN p.position END, (SELECT max(position) FROM gone WHERE gone.epoch = now.epoch))
      FROM epoch AS now WHERE EXISTS (SELECT FROM gone WHERE gone.epoch = now.epoch)
      """;

  private final ShopDatabase database;

  OutboxStore(ShopDatabase database) {
    this.database = database;
  }

  /**
   * The result of a read.
   *
   * @param orphans ids of rows that no writer will give a position
   */
  record Read(Page page, List<Long> orphans) {}

  Read start() {
    ReadContext reads = ReadContext.furthest().stamped();
    return database.read(
        "outbox_start",
        reads,
        handle ->
            page(
                reads,
                handle
                    .createQuery(START)
                    .bind("span", START_SPAN.toString())
                    .bind("max", START_ROWS_MAX)
                    .map((row, context) -> Row.of(row))
                    .list()));
  }

  Read read(long after, Collection<Long> pending) {
    ReadContext reads = ReadContext.furthest().stamped();
    return database.read(
        "outbox",
        reads,
        handle ->
            page(
                reads,
                handle
                    .createQuery(READ)
                    .bind("after", after)
                    .bindArray("pending", Long.class, pending.toArray())
                    .map((row, context) -> Row.of(row))
                    .list()));
  }

  private record Row(long floor, long id, Invalidation invalidation, boolean orphan) {

    static Row of(ResultSet row) throws SQLException {
      long id = row.getLong("id");
      return new Row(
          row.getLong("floor"),
          id,
          new Invalidation(
              id,
              id == 0 ? List.of() : OutboxRows.tags(row),
              row.getLong("place"),
              id == 0 ? "" : row.getString("reason"),
              Duration.ofMillis(Math.max(0, row.getLong("age")))),
          row.getBoolean("orphan"));
    }
  }

  private static Read page(ReadContext reads, List<Row> rows) {
    Position position = reads.stamp();
    List<Invalidation> invalidations = new ArrayList<>();
    List<Long> orphans = new ArrayList<>();
    long floor = 0;
    for (Row row : rows) {
      floor = row.floor();
      if (row.id() != 0) { // 0 if there is no row
        invalidations.add(row.invalidation());
      }
      if (row.orphan()) {
        orphans.add(row.id());
      }
    }
    return new Read(
        new Page(new Stamp(position.epoch(), position.lsn()), invalidations, floor), orphans);
  }

  Position invalidate(List<String> tags, String reason) {
    return database
        .writeForPosition(
            "outbox_invalidate",
            handle ->
                handle
                    .createUpdate("INSERT INTO cache_outbox (tags, reason) VALUES (:tags, :reason)")
                    .bindArray("tags", String.class, tags.toArray())
                    .bind("reason", reason)
                    .execute())
        .position();
  }

  /** Deletes old rows; returns whether any were deleted. */
  boolean prune() {
    return database.write(
            "outbox_prune",
            handle -> handle.createUpdate(PRUNE).bind("kept", KEPT.toString()).execute())
        > 0;
  }
}
