package dev.tideline.routing.node;

import dev.tideline.routing.route.ReplicaSelector;

/** A replica that could serve a read, as a {@link ReplicaSelector} sees it. Values are live. */
public interface ReplicaCandidate {

  String name();

  /** Its share, relative to others', 1 to 100. */
  int weight();

  /** Milliseconds behind the primary, 0 while unknown; polled about once a second. */
  long lagMillis();

  /** Units of work in progress. */
  int inFlight();

  /** Moving average of the duration of a unit of work, in nanoseconds; 0 before the first. */
  long latencyNanos();
}
