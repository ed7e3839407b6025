package dev.tideline.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Policy;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Entries in process, bounded in bytes; which stay is decided by W-TinyLFU. Thread-safe. */
final class LocalTier<V> {

  /** What an entry takes beside its key and value, about. */
  private static final int ENTRY_BYTES = 160;

  private static final int TAG_BYTES = 24;

  private final Cache<String, Entry<V>> entries;
  private final long bytesMax;

  LocalTier(long bytesMax, LongSupplier clock) {
    this.bytesMax = bytesMax;
    this.entries =
        Caffeine.newBuilder()
            .maximumWeight(bytesMax)
            .weigher((String key, Entry<V> entry) -> weight(key, entry))
            .expireAfter(
                Expiry.<String, Entry<V>>writing((key, entry) ->
                    Duration.ofMillis(Math.max(0, entry.times().keptUntil() - clock.getAsLong()))))
            .recordStats()
            .build();
  }

  static int weight(String key, Entry<?> entry) {
    return ENTRY_BYTES + 2 * key.length() + entry.bytes() + TAG_BYTES * entry.slotCount();
  }

  @Nullable Entry<V> find(String key) {
    return entries.getIfPresent(key);
  }

  /**
   * Keeps an entry unless a newer one is held; one that would take most of the tier is not kept.
   */
  void put(Entry<V> entry) {
    if (entry.bytes() > bytesMax / 8) {
      return;
    }
    entries.asMap().merge(entry.key(), entry, (held, next) -> next.mayReplace(held) ? next : held);
  }

  void remove(String key, Entry<V> entry) {
    entries.asMap().remove(key, entry);
  }

  void clear() {
    entries.invalidateAll();
  }

  long size() {
    return entries.estimatedSize();
  }

  long bytes() {
    entries.cleanUp();
    return entries.policy().eviction().map(this::weighted).orElse(0L);
  }

  private long weighted(Policy.Eviction<String, Entry<V>> eviction) {
    return eviction.weightedSize().orElse(0);
  }

  long evictions() {
    return entries.stats().evictionCount();
  }
}
