package dev.tideline.routing.token;

import org.jspecify.annotations.Nullable;

/**
 * A position in one history of a database. Positions can be compared only within one epoch.
 *
 * @param epoch the name of the history, a UUID, or empty if it is not known
 * @param lsn the LSN, the position in the write-ahead log, or 0 if it is not known
 */
public record Position(String epoch, long lsn) {

  /**
   * A position that could not be determined after a write; only the primary is certain to show it.
   */
  public static final Position UNKNOWN = new Position("", 0);

  public boolean isKnown() {
    return !epoch.isEmpty() && lsn != 0;
  }

  /** Whether another position includes everything up to this one. */
  public boolean isReachedBy(@Nullable String otherEpoch, long otherLsn) {
    return isKnown() && epoch.equals(otherEpoch) && otherLsn >= lsn;
  }
}
