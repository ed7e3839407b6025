package dev.tideline.fleet.autoscaling;

import dev.tideline.scaling.policy.Decision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The persistent history of scaling actions, and the election of the autoscaler that may act. */
public interface ScalingHistory {

  /**
   * A decision that was carried out or failed.
   *
   * @param failure why it could not be carried out; null if it was
   */
  record Event(Decision decision, @Nullable String failure) {}

  /**
   * Whether this autoscaler is the leader. Another one may become the leader after a time without
   * contact.
   *
   * @throws RuntimeException if that cannot be determined
   */
  boolean leads();

  /**
   * Stores an event.
   *
   * @throws RuntimeException if it cannot be stored
   */
  void record(Event event);

  /** The last events, including failed ones, newest first. */
  List<Event> latest(int count);
}
