package dev.tideline.engine.database;

import dev.tideline.cache.Invalidation;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Rows of {@code cache_outbox}, as the transaction that writes them sees them. */
public final class OutboxRows {

  /** All rows get one marker: the transactions that wrote them are visible to everyone by now. */
  private static final String PLACE =
      """
      UPDATE cache_outbox SET epoch = (SELECT epoch FROM epoch),
        position = (SELECT pg_logical_emit_message(false, 'tideline', ''))
      WHERE id = ANY(:ids) AND position IS NULL
      RETURNING id, tags, reason, (position - '0/0')::bigint AS place
      """;

  private static final String OWN =
      "SELECT id FROM cache_outbox WHERE xact = pg_current_xact_id_if_assigned() AND position IS NULL";

  private OutboxRows() {}

  /** The ids of the rows that the current transaction has written. */
  static List<Long> own(Handle handle) {
    return handle.createQuery(OWN).mapTo(Long.class).list();
  }

  /** Assigns a position to rows; returns those that had none. */
  static List<Invalidation> place(Handle handle, Collection<Long> ids) {
    return handle
        .createQuery(PLACE)
        .bindArray("ids", Long.class, ids.toArray())
        .map((row, context) ->
            new Invalidation(
                row.getLong("id"),
                tags(row),
                row.getLong("place"),
                row.getString("reason"),
                Duration.ZERO))
        .list();
  }

  /** The tags of a row. */
  public static List<String> tags(ResultSet row) throws SQLException {
    return List.of((String[]) row.getArray("tags").getArray());
  }
}
