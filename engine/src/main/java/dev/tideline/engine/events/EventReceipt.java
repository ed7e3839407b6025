package dev.tideline.engine.events;

import java.util.List;

/**
 * What became of the events of one request; all of it is on disk.
 *
 * @param accepted those stored, in the order they came
 * @param duplicates how many had been stored before, or came twice
 */
public record EventReceipt(List<Event> accepted, int duplicates) {}
