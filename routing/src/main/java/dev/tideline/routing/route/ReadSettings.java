package dev.tideline.routing.route;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * How reads are distributed.
 *
 * @param selection creates the router's selector
 * @param maxLag a replica with more lag gets no reads until its lag is under four fifths of this
 *     limit
 * @param positionWait longest wait for a replica to replay what a read must show; zero: no wait
 * @param fallbackReads most concurrent reads that the primary serves because no replica is usable
 */
public record ReadSettings(
    Supplier<ReplicaSelector> selection,
    Duration maxLag,
    Duration positionWait,
    int fallbackReads) {

  public static final Duration MAX_LAG_MIN = Duration.ofSeconds(1);
  public static final Duration POSITION_WAIT_MAX = Duration.ofSeconds(10);

  /** Round robin, 60 s of lag, 20 ms of waiting, 10 fallback reads. */
  public static final ReadSettings DEFAULT =
      new ReadSettings(
          ReplicaSelection.ROUND_ROBIN::selector,
          Duration.ofSeconds(60),
          Duration.ofMillis(20),
          10);

  public ReadSettings {
    if (maxLag.compareTo(MAX_LAG_MIN) < 0) {
      throw new IllegalArgumentException("lag limit under 1 s: " + maxLag);
    }
    if (positionWait.isNegative() || positionWait.compareTo(POSITION_WAIT_MAX) > 0) {
      throw new IllegalArgumentException("wait for a position outside 0..10 s: " + positionWait);
    }
    if (fallbackReads < 1) {
      throw new IllegalArgumentException("fallback reads under 1: " + fallbackReads);
    }
  }

  public ReadSettings withSelection(Supplier<ReplicaSelector> other) {
    return new ReadSettings(other, maxLag, positionWait, fallbackReads);
  }

  public ReadSettings withMaxLag(Duration limit) {
    return new ReadSettings(selection, limit, positionWait, fallbackReads);
  }

  public ReadSettings withPositionWait(Duration wait) {
    return new ReadSettings(selection, maxLag, wait, fallbackReads);
  }

  public ReadSettings withFallbackReads(int reads) {
    return new ReadSettings(selection, maxLag, positionWait, reads);
  }
}
