package dev.tideline.routing.node;

import dev.tideline.routing.token.Position;
import org.jspecify.annotations.Nullable;

/**
 * What a node reported about itself in one statement.
 *
 * @param epoch the epoch that it reports, null if it reports none
 * @param lsn the replay position of a standby, the flush position of a primary; 0 if unknown
 * @param timeline of a primary, 0 on a standby
 * @param fits whether the epoch matches this primary, timeline and database
 * @param system the cluster's system identifier, empty if it was not queried
 * @param beatMicros the heartbeat that it reports, in microseconds since 1970 on the primary's
 *     clock; 0 if none
 */
public record Sighting(
    boolean inRecovery,
    @Nullable String epoch,
    long lsn,
    long timeline,
    boolean fits,
    String system,
    long beatMicros) {

  /** The position of the node; {@link Position#UNKNOWN} if it must not be published. */
  public Position position() {
    return epoch == null || (!inRecovery && !fits) ? Position.UNKNOWN : new Position(epoch, lsn);
  }
}
