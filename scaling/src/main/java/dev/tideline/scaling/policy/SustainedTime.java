package dev.tideline.scaling.policy;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** For how long something has been so without a break. Not thread-safe. */
final class SustainedTime {

  private final Duration staleAfter;
  private @Nullable Instant since;
  private @Nullable Instant last;

  /** A gap between two observations that is longer than this is a break. */
  SustainedTime(Duration staleAfter) {
    this.staleAfter = staleAfter;
  }

  /** Takes note of whether it is so. What is not known is either left out, or told as not so. */
  void observe(Instant at, boolean so) {
    Instant before = last;
    boolean gap = before == null || Duration.between(before, at).compareTo(staleAfter) > 0;
    last = at;
    if (!so) {
      since = null;
    } else if (since == null || gap) {
      since = at;
    }
  }

  /** Whether it has been so for that long, as of the last observation. */
  boolean isFor(Duration length) {
    return since != null && last != null && Duration.between(since, last).compareTo(length) >= 0;
  }
}
