package dev.tideline.routing.token;

import org.jspecify.annotations.Nullable;

/**
 * A place in one history of a database: positions are compared within an epoch alone.
 *
 * @param epoch the name of the history, a UUID, or empty if it is not known
 * @param lsn the place in the write-ahead log as a number, or 0 if it is not known
 */
public record Position(String epoch, long lsn) {

  /** Of a write whose place could not be had; only the primary is sure to show it. */
  public static final Position UNKNOWN = new Position("", 0);

  public boolean isKnown() {
    return !epoch.isEmpty() && lsn != 0;
  }

  /** Whether all that this position stands for is there at another one. */
  public boolean isReachedBy(@Nullable String otherEpoch, long otherLsn) {
    return isKnown() && epoch.equals(otherEpoch) && otherLsn >= lsn;
  }
}
