package dev.tideline.cache;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A tag for entries whose changes cannot be named: it is invalidated so often that they tolerate it
 * for a while, and only their stamp decides whether they show a required position.
 *
 * @param slot of the tag, negative for none
 * @param toleranceMillis how long after they were read such entries may be served once the tag was
 *     invalidated
 */
record OpenTag(int slot, long toleranceMillis) {

  static final OpenTag NONE = new OpenTag(-1, 0);

  static OpenTag of(String tag, Duration tolerance) {
    return new OpenTag(Tags.slot(tag), tolerance.toMillis());
  }

  boolean isSet() {
    return slot >= 0;
  }

  /**
   * Whether an entry is within the tolerance. The invalidation came after the read, so it is
   * younger than the entry.
   */
  boolean allows(Entry<?> entry, AtomicLongArray last, long now) {
    return !isSet()
        || entry.stamp().position() >= last.get(slot)
        || now - entry.times().readAt() <= toleranceMillis;
  }
}
