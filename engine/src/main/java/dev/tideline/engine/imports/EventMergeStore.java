package dev.tideline.engine.imports;

import dev.tideline.engine.features.PopularityJob;
import dev.tideline.engine.imports.ImportStore.Merged;
import dev.tideline.engine.jobs.JobStore;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Merges the staged events into the events, with their times shifted if requested. */
final class EventMergeStore {

  /**
   * How to shift times.
   *
   * @param latest the new time of the latest event, or null to shift none
   * @param key identifies the imported data; the shift of the first import is stored under it, so
   *     that importing the same data again changes nothing
   */
  record Shift(@Nullable Instant latest, String key) {}

  /** Called when all events are staged, because the contents are known only then. */
  @FunctionalInterface
  interface Shifting {
    Shift shift();
  }

  private static final String PARTITIONS =
      """
      SELECT ensure_event_partitions(min(occurred_at) + make_interval(secs => :shift),
        max(occurred_at) + make_interval(secs => :shift)) FROM staged
      """;

  /** Moves events that were stored with another time by an import with another shift or zone. */
  private static final String MOVE =
      """
      UPDATE events e SET occurred_at = elsewhere.due, received = pg_current_xact_id()::text::bigint
      FROM (
        SELECT s.event_id, min(e.occurred_at) AS found, min(s.occurred_at) + make_interval(secs => :shift) AS due
        FROM staged s JOIN events e ON e.event_id = s.event_id
        GROUP BY s.event_id
        HAVING NOT bool_or(e.occurred_at = s.occurred_at + make_interval(secs => :shift))) elsewhere
      WHERE e.event_id = elsewhere.event_id AND e.occurred_at = elsewhere.found
      """;

  /** Inserts in the order of ids, as instances that store events do. */
  private static final String INSERT =
      """
      WITH fresh AS (
        INSERT INTO event_ids (event_id) SELECT event_id FROM staged ORDER BY event_id
        ON CONFLICT DO NOTHING RETURNING event_id)
      INSERT INTO events (event_id, user_id, session_id, product_id, type, quantity, value, query, source,
        occurred_at)
      SELECT event_id, user_id, session_id, product_id, type, quantity, value, query, source,
        occurred_at + make_interval(secs => :shift)
      FROM staged JOIN fresh USING (event_id)
      ON CONFLICT (event_id, occurred_at) DO NOTHING
      """;

  private EventMergeStore() {}

  static Merged run(Handle handle, Shifting shifting) {
    long staged = handle.createQuery("SELECT count(*) FROM staged").mapTo(Long.class).one();
    if (staged == 0) {
      return Merged.NOTHING;
    }
    double seconds = seconds(handle, shifting.shift());
    handle.createQuery(PARTITIONS).bind("shift", seconds).mapTo(Integer.class).one();
    long moved = handle.createUpdate(MOVE).bind("shift", seconds).execute();
    if (moved > 0) {
      JobStore.startOver(handle, PopularityJob.NAME);
    }
    long created = handle.createUpdate(INSERT).bind("shift", seconds).execute();
    return new Merged(created, moved, staged - created - moved);
  }

  private static double seconds(Handle handle, Shift shift) {
    if (shift.latest() == null) {
      return 0;
    }
    Instant latest =
        handle
            .createQuery("SELECT max(occurred_at) FROM staged")
            .mapTo(OffsetDateTime.class)
            .one()
            .toInstant();
    handle
        .createUpdate(
            "INSERT INTO import_shifts (source, shift) VALUES (:source, make_interval(secs =>"
                + " :shift)) ON CONFLICT DO NOTHING")
        .bind("source", shift.key())
        .bind("shift", (double) Duration.between(latest, shift.latest()).toSeconds())
        .execute();
    return handle
        .createQuery(
            "SELECT extract(epoch FROM shift)::double precision FROM import_shifts WHERE source = :source")
        .bind("source", shift.key())
        .mapTo(Double.class)
        .one();
  }
}
