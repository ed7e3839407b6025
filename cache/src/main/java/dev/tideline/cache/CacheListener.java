package dev.tideline.cache;

import java.time.Duration;

/** Told of what caches do, for metrics. Called on the caller's thread: be quick, throw nothing. */
public interface CacheListener {

  /** Hears nothing. */
  CacheListener NONE = new CacheListener() {};

  /** A tier was asked for an entry. */
  default void asked(Tier tier, String cache, Verdict verdict) {}

  /** Somebody was answered. */
  default void answered(String cache, Cached.Source source) {}

  /** An entry was read before anybody asked for it. */
  default void warmed(String cache) {}

  /** Somebody was given an entry in process that had been read before anybody asked for it. */
  default void warmedHit(String cache) {}

  /** Who had joined a load was not given what came of it. */
  default void joinRejected(String cache) {}

  /** A load ended. */
  default void loaded(String cache, Duration duration) {}

  /** A load failed. */
  default void failed(String cache) {}

  /** The instance has heard of an invalidation that it did not know. */
  default void invalidated(String reason, Duration lag) {}
}
