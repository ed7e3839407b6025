package dev.tideline.cache;

import java.util.List;

/** How fresh a cached answer must be. */
public sealed interface Freshness {

  Freshness EVENTUAL = new Eventual();
  Freshness UNCACHED = new Uncached();

  /** As fresh as the invalidations that the instance has received. */
  record Eventual() implements Freshness {}

  /**
   * At least the writes up to these positions. Positions of another history than the current one
   * cannot be compared: such a request bypasses the caches.
   */
  record AtLeast(List<Stamp> positions) implements Freshness {
    public AtLeast {
      positions = List.copyOf(positions);
    }
  }

  /** No cached answer, and no load that is shared with other requests. */
  record Uncached() implements Freshness {}
}
