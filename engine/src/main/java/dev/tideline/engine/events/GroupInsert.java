package dev.tideline.engine.events;

import dev.tideline.engine.database.RefusedValueException;
import dev.tideline.engine.events.EventWriter.GroupStore;
import dev.tideline.engine.input.OverloadedException;
import dev.tideline.routing.Written;
import dev.tideline.routing.token.Position;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;

/**
 * Stores a group of events with one statement. If the database refuses a value, the group is halved
 * repeatedly, until only the events at fault are left out. Used once, by one thread.
 */
final class GroupInsert {

  /** Events that are not decided after so many statements must be sent again. */
  static final int STATEMENTS_MAX = 256;

  private final GroupStore store;
  private final Set<UUID> fresh = new HashSet<>();
  private final Map<UUID, String> refused = new HashMap<>();
  private final Map<UUID, RuntimeException> failed = new HashMap<>();
  private Position position = Position.UNKNOWN;

  GroupInsert(GroupStore store) {
    this.store = store;
  }

  /**
   * Stores events with distinct ids. Larger parts are tried first, so that most events are decided
   * early.
   */
  void run(List<Event> events) {
    Queue<List<Event>> parts = new ArrayDeque<>(List.of(events));
    for (int statements = 0; !parts.isEmpty(); statements++) {
      List<Event> part = parts.remove();
      if (statements == STATEMENTS_MAX) {
        parts.add(part);
        parts.forEach(rest -> fail(rest, undecided()));
        return;
      }
      insert(part, parts);
    }
  }

  private void insert(List<Event> part, Queue<List<Event>> parts) {
    try {
      Written<Set<UUID>> written = store.insert(part);
      fresh.addAll(written.value());
      position = written.position();
    } catch (RefusedValueException e) {
      if (part.size() == 1) {
        refused.put(part.getFirst().eventId(), e.sqlState());
      } else {
        parts.add(part.subList(0, part.size() / 2));
        parts.add(part.subList(part.size() / 2, part.size()));
      }
    } catch (RuntimeException e) {
      fail(part, e);
    }
  }

  private void fail(List<Event> part, RuntimeException failure) {
    part.forEach(event -> failed.put(event.eventId(), failure));
  }

  private static RuntimeException undecided() {
    return new OverloadedException(
        "the database refuses many events that arrived together; send these again");
  }

  /** The ids that had not been seen before. */
  Set<UUID> fresh() {
    return fresh;
  }

  /** The ids of events that cannot be stored, each with the SQLSTATE. */
  Map<UUID, String> refused() {
    return refused;
  }

  /** The ids of events that may or may not be stored, each with the failure. */
  Map<UUID, RuntimeException> failed() {
    return failed;
  }

  /** A position at which nodes show the new events. */
  Position position() {
    return position;
  }
}
