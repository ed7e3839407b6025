package dev.tideline.engine.index;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How an instance keeps its index.
 *
 * @param directory in which each index gets a folder of its own, removed when it is closed
 * @param interval between two reads of the change log, 50 ms to 1 min
 * @param positionWait how long a search may wait for the index to show a write
 */
public record IndexSettings(Path directory, Duration interval, Duration positionWait) {

  public static final Duration INTERVAL = Duration.ofMillis(200);
  public static final Duration POSITION_WAIT = Duration.ofMillis(100);

  /** The defaults, in a directory. */
  public static IndexSettings in(Path directory) {
    return new IndexSettings(directory, INTERVAL, POSITION_WAIT);
  }
}
