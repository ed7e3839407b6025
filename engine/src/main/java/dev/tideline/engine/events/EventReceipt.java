package dev.tideline.engine.events;

import dev.tideline.routing.token.Position;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What became of the events of one request; what is accepted is on disk.
 *
 * @param accepted those stored, in the order they came
 * @param duplicates how many had been stored before, or came twice
 * @param refused ids whose events the database cannot store, with the SQLSTATE that says why
 * @param position from which on a node shows them
 */
public record EventReceipt(
    List<Event> accepted, int duplicates, Map<UUID, String> refused, Position position) {

  /** Of a request without any event that could be stored. */
  public static final EventReceipt NONE =
      new EventReceipt(List.of(), 0, Map.of(), Position.UNKNOWN);
}
