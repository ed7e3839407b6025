package dev.tideline.cache;

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

  public Loaded {
    tags = Set.copyOf(tags);
    if (tags.size() > TAGS_MAX) {
      throw new IllegalArgumentException(
          "at most %d tags, not %d".formatted(TAGS_MAX, tags.size()));
    }
  }
}
