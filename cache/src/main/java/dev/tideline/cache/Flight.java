package dev.tideline.cache;

import dev.tideline.cache.Cached.Source;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The load of one key, which several may wait for.
 *
 * @param startNanos when it began
 */
record Flight<V>(long startNanos, CompletableFuture<Landing<V>> landing) {

  /**
   * What a load came back with.
   *
   * @param redisVerdict null if Redis was not queried
   */
  record Landing<V>(Entry<V> entry, Source source, @Nullable Verdict redisVerdict) {}

  static <V> Flight<V> begin() {
    return new Flight<>(System.nanoTime(), new CompletableFuture<>());
  }

  boolean isOver() {
    return landing.isDone();
  }

  /** Whether it began at this time or later: then it is as good as a load of one's own. */
  boolean beganSince(long nanos) {
    return startNanos - nanos >= 0;
  }
}
