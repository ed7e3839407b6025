package dev.tideline.engine.events;

import dev.tideline.routing.Position;
import java.util.List;

/**
 * What became of the events of one request; all of it is on disk.
 *
 * @param accepted those stored, in the order they came
 * @param duplicates how many had been stored before, or came twice
 * @param position from which on a node shows them
 */
public record EventReceipt(List<Event> accepted, int duplicates, Position position) {}
