package dev.tideline.scaling.policy;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Measures for how long a condition has held without interruption. Not thread-safe. */
final class SustainedTime {

  private final Duration staleAfter;
  private @Nullable Instant since;
  private @Nullable Instant last;

  /** A gap between two observations that is longer than {@code staleAfter} is an interruption. */
  SustainedTime(Duration staleAfter) {
    this.staleAfter = staleAfter;
  }

  /**
   * Records whether the condition holds. If that is unknown, the caller either skips the call or
   * passes false.
   */
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

  /** Whether the condition has held for that long, as of the last observation. */
  boolean isFor(Duration length) {
    return since != null && last != null && Duration.between(since, last).compareTo(length) >= 0;
  }
}
