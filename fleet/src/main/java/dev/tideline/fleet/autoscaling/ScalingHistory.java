package dev.tideline.fleet.autoscaling;

import dev.tideline.scaling.policy.Decision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was done, kept where a restart does not lose it; and who may do it. */
public interface ScalingHistory {

  /**
   * A decision that was carried out, or not.
   *
   * @param failure why it could not be; null if it was
   */
  record Event(Decision decision, @Nullable String failure) {}

  /**
   * Whether this autoscaler is the one that acts. Another may be after a while without contact.
   *
   * @throws RuntimeException if it cannot be known
   */
  boolean leads();

  /**
   * Keeps an event.
   *
   * @throws RuntimeException if it cannot
   */
  void record(Event event);

  /** The last events, failed ones included, the newest first. */
  List<Event> latest(int count);
}
