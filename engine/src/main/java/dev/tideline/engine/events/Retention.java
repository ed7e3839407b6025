package dev.tideline.engine.events;

import dev.tideline.engine.features.FeatureStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How long events are kept.
 *
 * @param keep at least the 90 days of history that tastes are computed from; a month is removed
 *     when all of it is older
 * @param archive a folder for removed months, one gzip CSV each; if empty, they are dropped
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
