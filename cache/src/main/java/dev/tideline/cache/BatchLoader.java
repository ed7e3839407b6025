package dev.tideline.cache;

import java.util.List;
import java.util.Map;

/** Reads several at once; see {@link Loader}. */
@FunctionalInterface
public interface BatchLoader<V> {

  /** Reads; keys that are missing from the answer are not cached. */
  Map<String, Loaded<V>> load(List<String> keys, Freshness freshness);

  /** A loader of one key as one of batches of one. */
  static <V> BatchLoader<V> of(Loader<V> loader) {
    return (keys, freshness) -> Map.of(keys.getFirst(), loader.load(freshness));
  }
}
