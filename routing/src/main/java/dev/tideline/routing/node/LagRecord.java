package dev.tideline.routing.node;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * How far replicas are behind, measured against the last report of the primary. While the primary
 * is down, that report does not change. So a dead or idle primary makes no replica look late, and a
 * replica whose stream has stopped looks late as soon as the primary has advanced. Not thread-safe.
 */
final class LagRecord {

  /** Polls kept for lack of heartbeats. */
  private static final int POLLS_MAX = 600;

  private record Poll(long nanos, long lsn) {}

  private final Deque<Poll> polls = new ArrayDeque<>();
  private @Nullable Sighting primary;

  /** Records what the primary reported at that time, {@link System#nanoTime}. */
  void primarySaid(Sighting sighting, long nanos) {
    primary = sighting;
    Poll last = polls.peekLast();
    if (last != null && sighting.lsn() < last.lsn()) {
      polls.clear(); // another history
    }
    polls.addLast(new Poll(nanos, sighting.lsn()));
    if (polls.size() > POLLS_MAX) {
      polls.removeFirst();
    }
  }

  /** Called when another node has become the primary. */
  void primaryChanged() {
    primary = null;
    polls.clear();
  }

  /** The lag of a replica; null before the first report of the primary. */
  @Nullable Duration lag(Sighting replica) {
    Sighting known = primary;
    if (known == null) {
      return null;
    }
    if (replica.lsn() >= known.lsn()) {
      return Duration.ZERO;
    }
    if (known.beatMicros() > 0 && replica.beatMicros() > 0) {
      return Duration.ofNanos(Math.max(0, known.beatMicros() - replica.beatMicros()) * 1_000);
    }
    return byPolls(replica.lsn());
  }

  /** The time since the primary was last seen at the replica's position: a lower bound. */
  private Duration byPolls(long lsn) {
    long newest = polls.getLast().nanos();
    long reached = polls.getFirst().nanos();
    for (Poll poll : polls) {
      if (poll.lsn() > lsn) {
        break;
      }
      reached = poll.nanos();
    }
    return Duration.ofNanos(newest - reached);
  }

  /**
   * Bytes of write-ahead log that a replica has not replayed, -1 before the first report of the
   * primary.
   */
  long lagBytes(@Nullable Sighting replica) {
    Sighting known = primary;
    return known == null || replica == null ? -1 : Math.max(0, known.lsn() - replica.lsn());
  }
}
