package dev.tideline.cache;

import java.util.Locale;

/** The result of a lookup in a tier. */
public enum Verdict {
  /** Valid, and nothing more was required. */
  HIT(true),
  /** Valid, and read at or after the required position. */
  HIT_BY_STAMP(true),
  /** Valid, and the instance knows all invalidations up to the required position. */
  HIT_BY_HORIZON(true),
  /** Expired, and served on purpose, which the answer states. */
  SERVED_STALE(true),
  MISSING(false),
  /** Expired. */
  EXPIRED(false),
  /** One of its tags was invalidated since it was read. */
  STALE(false),
  /** One of its tags is being invalidated. */
  CLOSED(false),
  /** Read before the invalidations that the instance knows begin. */
  BELOW_FLOOR(false),
  /** Of another history, or required at a position of one. */
  OTHER_EPOCH(false),
  /** Valid, but a required write may be newer. */
  BEHIND(false),
  /** Its stamp lies beyond every position that the database has shown to this instance. */
  BEYOND_KNOWN(false),
  /** Valid as far as known, but the instance has not read the invalidations for too long. */
  UNSURE(false),
  /** The tier did not answer, or was not queried because it is unavailable. */
  AWAY(false),
  /** The tier returned something that is not an entry. */
  MALFORMED(false);

  private final boolean hit;
  private final String label = name().toLowerCase(Locale.ROOT);

  Verdict(boolean hit) {
    this.hit = hit;
  }

  public boolean isHit() {
    return hit;
  }

  /** Whether an entry may still be served where a staler answer is better than a late one. */
  boolean mayServeStale() {
    return this == EXPIRED || this == UNSURE;
  }

  /** In lower case, fit for a label. */
  public String label() {
    return label;
  }
}
