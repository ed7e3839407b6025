package dev.tideline.engine.events;

import dev.tideline.engine.features.FeatureStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * For how long events are kept.
 *
 * @param keep at least the 90 days that tastes are told from; a month goes when all of it is older
 * @param archive a folder for what goes, one gzip CSV a month; without one it is dropped
 */
public record Retention(Duration keep, Optional<Path> archive) {

  public static final Duration KEEP_MIN = FeatureStore.HISTORY;

  public Retention {
    if (keep.compareTo(KEEP_MIN) < 0) {
      throw new IllegalArgumentException(
          "events are needed for %d days, so the retention cannot be %d"
              .formatted(KEEP_MIN.toDays(), keep.toDays()));
    }
  }
}
