package dev.tideline.routing.node;

import dev.tideline.routing.token.Position;
import java.time.Duration;
import java.util.Optional;

/**
 * One node as the router sees it now.
 *
 * @param role what it is, which a promotion changes
 * @param lag of a replica: the primary's newest known heartbeat less the one that it shows; empty
 *     while that is not known
 * @param lagBytes of a replica: write-ahead log of the primary that it has not replayed, as of the
 *     last polls; -1 while that is not known
 * @param reads units of read work given to it so far
 * @param inFlight units of work that it has now
 * @param silence for how long it has let a poll wait by now; zero between polls
 */
public record NodeStatus(
    String name,
    String url,
    NodeRole role,
    NodeState state,
    Optional<Duration> lag,
    long lagBytes,
    Position position,
    long reads,
    int inFlight,
    Duration silence,
    PoolUsage pool) {

  /** Whether the last probe reached it. */
  public boolean up() {
    return state != NodeState.DOWN;
  }
}
