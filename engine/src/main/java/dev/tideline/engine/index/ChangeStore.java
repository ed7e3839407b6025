package dev.tideline.engine.index;

import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.token.Position;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Which products changed since a bookmark, whoever changed them. Thread-safe.
 *
 * <p>A bookmark is the oldest transaction that was still running when the log was last read.
 * Everything before it had ended, and was read; of what comes after, some may have been read, and
 * is recognized by its row. So neither the order of rows nor a clock is trusted. On a replica the
 * list of running transactions is not complete, but its beginning is right: only that is used.
 */
public final class ChangeStore {

  /** With more changes than this, building the index again is quicker. */
  static final int CHANGES_MAX = 5_000;

  private static final int PRODUCTS_AT_ONCE = 1_000;

  private static final Duration KEPT = Duration.ofHours(1);

  private static final String READ =
      """
      SELECT CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bookmark,
        (SELECT xact >= CAST(CAST(:bookmark AS text) AS xid8) FROM product_changes_pruned) AS lost,
        (SELECT version FROM search_statistics) AS words,
        c.id, c.product_id
      FROM (SELECT) AS always LEFT JOIN (
        SELECT id, product_id FROM product_changes
        WHERE xact >= CAST(CAST(:bookmark AS text) AS xid8)
          AND NOT id <@ CAST(CAST(:seen AS text) AS int8multirange) LIMIT :most) AS c ON true\
      """;

  private static final String END =
      """
      SELECT CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bookmark,
        (SELECT CAST(range_agg(int8range(id, id + 1)) AS text) FROM product_changes
          WHERE xact >= pg_snapshot_xmin(pg_current_snapshot())) AS seen,
        (SELECT version FROM search_statistics) AS words,
        (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END - '0/0')::bigint AS lsn\
      """;

  private static final String PRUNE =
      """
      WITH gone AS (
        DELETE FROM product_changes
        WHERE changed_at < now() - CAST(:kept AS interval) AND xact < pg_snapshot_xmin(pg_current_snapshot())
        RETURNING xact)
      UPDATE product_changes_pruned p SET xact = greatest(p.xact, (SELECT max(xact) FROM gone))
      WHERE EXISTS (SELECT FROM gone)
      """;

  private final ShopDatabase database;

  public ChangeStore(ShopDatabase database) {
    this.database = database;
  }

  /**
   * How far the log was read.
   *
   * @param xact the oldest transaction that was running, as PostgreSQL writes it
   * @param seen rows of this transaction and later ones that were read
   */
  record Bookmark(String xact, SeenRows seen) {}

  /**
   * What was read.
   *
   * @param stamp a read of the database from here on shows nothing older
   * @param end a node that has reached this shows all that was read
   * @param ids of products that were added, changed or removed
   * @param products those of them that are there, as they are now
   * @param isLost whether changes since the bookmark were many, or are not kept any more: the index
   *     must be built again
   * @param words the version of the synonyms
   */
  record Page(
      Position stamp,
      Position end,
      Bookmark bookmark,
      Set<String> ids,
      List<IndexedProduct> products,
      boolean isLost,
      long words) {}

  private record Row(String bookmark, boolean lost, long words, long id, @Nullable String product) {

    static Row of(ResultSet row) throws SQLException {
      return new Row(
          row.getString("bookmark"),
          row.getBoolean("lost"),
          row.getLong("words"),
          row.getLong("id"),
          row.getString("product_id"));
    }
  }

  /**
   * Reads what changed since a bookmark, and the changed products on the same connection: another
   * node might not show them yet.
   *
   * @param reads a stamped context; the node must show all that the bookmark's did
   */
  Page read(Bookmark since, ReadContext reads) {
    return database.read("index_changes", reads, handle -> read(handle, since, reads));
  }

  private static Page read(Handle handle, Bookmark since, ReadContext reads) {
    List<Row> rows =
        handle
            .createQuery(READ)
            .bind("bookmark", since.xact())
            .bind("seen", since.seen().toString())
            .bind("most", CHANGES_MAX + 1)
            .map((row, context) -> Row.of(row))
            .list();
    Row first = rows.getFirst();
    Set<String> ids = new LinkedHashSet<>();
    List<Long> seen = new ArrayList<>();
    boolean lost = first.lost() || rows.size() > CHANGES_MAX;
    for (Row row : rows) {
      if (row.id() != 0) { // else nothing has changed
        seen.add(row.id());
        lost |= row.product() == null;
        if (row.product() != null) {
          ids.add(row.product());
        }
      }
    }
    return new Page(
        reads.stamp(),
        reads.stamp(),
        new Bookmark(first.bookmark(), since.seen().with(seen)),
        ids,
        lost ? List.of() : products(handle, List.copyOf(ids)),
        lost,
        first.words());
  }

  private static List<IndexedProduct> products(Handle handle, List<String> ids) {
    List<IndexedProduct> products = new ArrayList<>();
    for (int from = 0; from < ids.size(); from += PRODUCTS_AT_ONCE) {
      products.addAll(
          IndexStore.byId(
              handle, ids.subList(from, Math.min(ids.size(), from + PRODUCTS_AT_ONCE))));
    }
    return products;
  }

  /**
   * Where the log ends now: a catalog that is read afterwards, on this node or one that has
   * replayed as much, has all that was committed before.
   *
   * @param reads a stamped context
   */
  Page end(ReadContext reads) {
    return database.read(
        "index_changes_end",
        reads,
        handle ->
            handle
                .createQuery(END)
                .map((row, context) -> {
                  String seen = row.getString("seen");
                  return new Page(
                      reads.stamp(),
                      new Position(reads.stamp().epoch(), row.getLong("lsn")),
                      new Bookmark(
                          row.getString("bookmark"),
                          seen == null ? SeenRows.NONE : SeenRows.parse(seen)),
                      Set.of(),
                      List.of(),
                      false,
                      row.getLong("words"));
                })
                .one());
  }

  /** Removes what every instance has read long ago; who has not builds its index again. */
  public long prune() {
    return database.write(
        "index_changes_prune",
        handle -> handle.createUpdate(PRUNE).bind("kept", KEPT.toString()).execute());
  }
}
