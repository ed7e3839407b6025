package dev.tideline.cache;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a cache answered.
 *
 * @param value null if there is nothing of this key
 * @param source where it comes from
 */
public record Cached<V>(@Nullable V value, Source source) {

  /** Where an answer came from. */
  public enum Source {
    LOCAL,
    REDIS,
    /** A load that another caller had begun, here or in another instance. */
    SHARED,
    LOADED,
    /** An entry past its time, on purpose. */
    STALE
  }

  public Optional<V> find() {
    return Optional.ofNullable(value);
  }
}
