package dev.tideline.engine.events;

import dev.tideline.routing.token.Position;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The outcome of storing one request's events; accepted events are on disk.
 *
 * @param accepted the events stored, in the order of the request
 * @param duplicates how many events had been stored before, or were sent twice
 * @param refused ids of events that the database cannot store, each with the SQLSTATE
 * @param position a position at which nodes show the events
 */
public record EventReceipt(
    List<Event> accepted, int duplicates, Map<UUID, String> refused, Position position) {

  /** The receipt of a request that had no event to store. */
  public static final EventReceipt NONE =
      new EventReceipt(List.of(), 0, Map.of(), Position.UNKNOWN);
}
