package dev.tideline.cache;

import java.time.Duration;

/** Receives events of caches, for metrics. Called on the caller's thread: be fast, do not throw. */
public interface CacheListener {

  /** Ignores all events. */
  CacheListener NONE = new CacheListener() {};

  /** Called after a lookup in a tier. */
  default void asked(Tier tier, String cache, Verdict verdict) {}

  /** Called when a caller was answered. */
  default void answered(String cache, Cached.Source source) {}

  /** Called when an entry was loaded by warming. */
  default void warmed(String cache) {}

  /** Called at a hit in process on an entry that was loaded by warming. */
  default void warmedHit(String cache) {}

  /** Called when a caller that had joined a load could not use its result. */
  default void joinRejected(String cache) {}

  /** Called when a load has ended. */
  default void loaded(String cache, Duration duration) {}

  /** Called when a load has failed. */
  default void failed(String cache) {}

  /** Called when the instance has received a new invalidation. */
  default void invalidated(String reason, Duration lag) {}
}
