package dev.tideline.cache;

import java.util.List;

/** How fresh a cached answer must be. */
public sealed interface Freshness {

  Freshness EVENTUAL = new Eventual();
  Freshness UNCACHED = new Uncached();

  /** As fresh as the invalidations that the instance knows of. */
  record Eventual() implements Freshness {}

  /**
   * At least the writes that these places stand for. Places of another history than the current one
   * cannot be compared: such a request goes by the caches.
   */
  record AtLeast(List<Stamp> places) implements Freshness {
    public AtLeast {
      places = List.copyOf(places);
    }
  }

  /** Nothing from a cache, and no load shared with others. */
  record Uncached() implements Freshness {}
}
