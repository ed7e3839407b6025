package dev.tideline.engine.events;

import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.routing.Written;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.argument.Argument;
import org.jspecify.annotations.Nullable;

/** Events in PostgreSQL, each once. Thread-safe. */
public final class EventStore {

  /**
   * Inserts the ids first; the statement that inserted an id also inserts its event. The ids are
   * sorted, so that two instances cannot deadlock. An event that is sent again after its id was
   * pruned is stored already.
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
      ON CONFLICT (event_id, occurred_at) DO NOTHING
      RETURNING event_id
      """;

  private final ShopDatabase database;

  public EventStore(ShopDatabase database) {
    this.database = database;
  }

  /**
   * Stores events with distinct ids; returns after COMMIT.
   *
   * @return the ids that had not been seen before
   */
  Written<Set<UUID>> insert(List<Event> events) {
    return database.writeForPosition(
        "events_insert",
        handle ->
            new HashSet<>(
                handle
                    .createQuery(INSERT)
                    .bind("ids", array("uuid", events, Event::eventId))
                    .bind("users", array("text", events, Event::userId))
                    .bind("sessions", array("text", events, Event::sessionId))
                    .bind("products", array("text", events, Event::productId))
                    .bind("types", array("text", events, event -> event.type().label()))
                    .bind("quantities", array("int4", events, Event::quantity))
                    .bind("values", array("numeric", events, Event::value))
                    .bind("queries", array("text", events, Event::query))
                    .bind("sources", array("text", events, Event::source))
                    .bind("times", array("timestamptz", events, event -> time(event.occurredAt())))
                    .mapTo(UUID.class)
                    .list()));
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static Argument array(
      String type, List<Event> events, Function<Event, @Nullable Object> column) {
    @Nullable Object[] values = events.stream().map(column).toArray();
    return (position, statement, context) ->
        statement.setArray(position, statement.getConnection().createArrayOf(type, values));
  }
}
