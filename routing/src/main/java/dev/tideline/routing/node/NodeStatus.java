package dev.tideline.routing.node;

import dev.tideline.routing.token.Position;
import java.time.Duration;
import java.util.Optional;

/**
 * The current status of one node.
 *
 * @param role its current role, which a promotion changes
 * @param lag of a replica: the primary's newest known heartbeat minus the one that the replica
 *     shows; empty while unknown
 * @param lagBytes of a replica: write-ahead log of the primary that it has not replayed, as of the
 *     last polls; -1 while unknown
 * @param reads units of read work sent to it so far
 * @param inFlight units of work in progress
 * @param silence how long the current poll has waited for an answer; zero between polls
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
