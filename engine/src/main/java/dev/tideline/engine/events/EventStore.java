package dev.tideline.engine.events;

import dev.tideline.engine.database.ShopDatabase;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/** Events in PostgreSQL, each once. Thread-safe. */
public final class EventStore {

  /** Months before and after now for which partitions are kept ready. */
  private static final Duration PARTITIONS_BEHIND = Event.PAST_MAX.plusDays(1);

  private static final Duration PARTITIONS_AHEAD = Duration.ofDays(92);

  /**
   * The ids come first: who inserted them inserts the events. Sorted, so that two instances cannot
   * wait in a ring.
   */
  private static final String INSERT =
      """
      WITH told AS (
        SELECT * FROM unnest(:ids, :users, :sessions, :products, :types, :quantities, :values, :queries, :sources, :times)
          AS t (event_id, user_id, session_id, product_id, type, quantity, value, query, source, occurred_at)),
      fresh AS (
        INSERT INTO event_ids (event_id) SELECT event_id FROM told ORDER BY event_id
        ON CONFLICT DO NOTHING RETURNING event_id)
      INSERT INTO events (event_id, user_id, session_id, product_id, type, quantity, value, query, source, occurred_at)
      SELECT event_id, user_id, session_id, product_id, type, quantity, value, query, source, occurred_at
      FROM told JOIN fresh USING (event_id)
      RETURNING event_id
      """;

  private final ShopDatabase database;

  public EventStore(ShopDatabase database) {
    this.database = database;
  }

  /**
   * Stores events of distinct ids; returns after COMMIT.
   *
   * @return the ids that had not been seen before
   */
  Set<UUID> insert(List<Event> events) {
    return database.write(
        "events_insert",
        handle ->
            new HashSet<>(
                handle
                    .createQuery(INSERT)
                    .bind("ids", array(handle, "uuid", events, Event::eventId))
                    .bind("users", array(handle, "text", events, Event::userId))
                    .bind("sessions", array(handle, "text", events, Event::sessionId))
                    .bind("products", array(handle, "text", events, Event::productId))
                    .bind("types", array(handle, "text", events, event -> event.type().label()))
                    .bind("quantities", array(handle, "int4", events, Event::quantity))
                    .bind("values", array(handle, "numeric", events, EventStore::scaled))
                    .bind("queries", array(handle, "text", events, Event::query))
                    .bind("sources", array(handle, "text", events, Event::source))
                    .bind(
                        "times",
                        array(handle, "timestamptz", events, event -> time(event.occurredAt())))
                    .mapTo(UUID.class)
                    .list()));
  }

  private static @Nullable BigDecimal scaled(Event event) {
    return event.value();
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static Array array(
      Handle handle, String type, List<Event> events, Function<Event, @Nullable Object> column) {
    try {
      return handle.getConnection().createArrayOf(type, events.stream().map(column).toArray());
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException(e, null);
    }
  }

  /** Makes the partitions for times around now, so that no event falls into the default one. */
  public int ensurePartitions(Instant now) {
    return database.write(
        "event_partitions",
        handle ->
            handle
                .createQuery("SELECT ensure_event_partitions(:first, :last)")
                .bind("first", time(now.minus(PARTITIONS_BEHIND)))
                .bind("last", time(now.plus(PARTITIONS_AHEAD)))
                .mapTo(Integer.class)
                .one());
  }
}
