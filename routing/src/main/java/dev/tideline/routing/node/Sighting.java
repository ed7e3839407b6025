package dev.tideline.routing.node;

import dev.tideline.routing.token.Position;
import org.jspecify.annotations.Nullable;

/**
 * What a node said of itself in one statement.
 *
 * @param epoch the history it shows, null if it shows none
 * @param lsn replayed so far on a standby, flushed so far on a primary; 0 if it cannot tell
 * @param timeline of a primary, 0 on a standby
 * @param fits whether the epoch was made for this primary, timeline and database
 * @param system the cluster's identifier, empty if it was not asked
 * @param beatMicros the heartbeat it shows, microseconds since 1970 on the primary's clock, 0 if
 *     none
 */
public record Sighting(
    boolean inRecovery,
    @Nullable String epoch,
    long lsn,
    long timeline,
    boolean fits,
    String system,
    long beatMicros) {

  /** Where the node stands, as far as it may be told to others. */
  public Position position() {
    return epoch == null || (!inRecovery && !fits) ? Position.UNKNOWN : new Position(epoch, lsn);
  }
}
