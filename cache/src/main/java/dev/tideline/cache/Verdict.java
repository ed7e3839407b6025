package dev.tideline.cache;

import java.util.Locale;

/** What became of looking for an entry in a tier. */
public enum Verdict {
  /** Valid, and no more was asked. */
  HIT(true),
  /** Valid, and read at or past the place that was asked for. */
  HIT_BY_STAMP(true),
  /** Valid, and the instance knows all invalidations up to the place that was asked for. */
  HIT_BY_HORIZON(true),
  /** Past its time, and served on purpose, which the answer says. */
  SERVED_STALE(true),
  MISSING(false),
  /** Past its time. */
  EXPIRED(false),
  /** One of its tags was invalidated since it was read. */
  STALE(false),
  /** One of its tags is being invalidated. */
  CLOSED(false),
  /** Older than what the instance knows of invalidations. */
  BELOW_FLOOR(false),
  /** Of another history, or asked for with a place in one. */
  OTHER_EPOCH(false),
  /** Valid, but a write that was asked for may be newer. */
  BEHIND(false),
  /** Its stamp lies beyond every position that the database has shown to this instance. */
  BEYOND_KNOWN(false),
  /** Valid as far as is known; but the instance has heard of no invalidations for too long. */
  UNSURE(false),
  /** The tier did not answer, or was not asked because it has not answered. */
  AWAY(false),
  /** What the tier had was not an entry. */
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
