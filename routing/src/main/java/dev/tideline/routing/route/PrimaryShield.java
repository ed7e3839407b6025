package dev.tideline.routing.route;

import dev.tideline.routing.node.RoutingException;
import dev.tideline.routing.node.RoutingException.Category;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Limits the reads that fall back to the primary, so that the loss of replicas does not overload
 * it. Thread-safe.
 */
final class PrimaryShield {

  /** Readers that may wait for one place; further readers are refused at once. */
  private static final int WAITING_PER_PLACE = 8;

  private final int places;
  private final Semaphore free;
  private final Duration wait;

  PrimaryShield(int places, Duration wait) {
    this.places = places;
    this.free = new Semaphore(places, true);
    this.wait = wait;
  }

  boolean tryEnter() {
    return free.tryAcquire();
  }

  /**
   * Waits for a place.
   *
   * @throws RoutingException if no place became free in time, or too many readers already wait
   */
  void enter() {
    try {
      if (free.getQueueLength() < places * WAITING_PER_PLACE
          && free.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new RoutingException(
        Category.OVERLOADED,
        "no replica is usable, and the primary is at its limit of %d fallback reads"
            .formatted(places),
        null);
  }

  void leave() {
    free.release();
  }
}
