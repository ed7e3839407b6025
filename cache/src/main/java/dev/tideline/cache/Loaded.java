package dev.tideline.cache;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a load found.
 *
 * @param value null if there is nothing of this key, which is remembered too, for a shorter time
 * @param stamp taken before the value was read; {@link Stamp#UNKNOWN} keeps it out of the caches
 * @param tags of all that could change the value, {@link #TAGS_MAX} at most; see {@link Tags#ALL}
 */
public record Loaded<V>(@Nullable V value, Stamp stamp, Set<String> tags) {

  public static final int TAGS_MAX = 256;

  /** What was read, before its place is known. */
  public static <V> Loaded<V> of(@Nullable V value, Set<String> tags) {
    return new Loaded<>(value, Stamp.UNKNOWN, tags);
  }

  /** What was looked for, before its place is known. */
  public static <V> Loaded<V> of(Optional<V> value, Set<String> tags) {
    return of(value.orElse(null), tags);
  }

  /** The same with its place. */
  public Loaded<V> at(Stamp place) {
    return new Loaded<>(value, place, tags);
  }

  public Loaded {
    tags = Set.copyOf(tags);
    if (tags.size() > TAGS_MAX) {
      throw new IllegalArgumentException(
          "at most %d tags, not %d".formatted(TAGS_MAX, tags.size()));
    }
  }
}
