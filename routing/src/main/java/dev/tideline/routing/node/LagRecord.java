package dev.tideline.routing.node;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * How far replicas are behind, by what the primary last said of itself. All is told against the
 * primary's last word: while it is away nothing moves, so a dead or idle primary makes no replica
 * look late, and one whose stream has stopped looks late as soon as the primary has gone on. Not
 * thread-safe.
 */
final class LagRecord {

  /** Polls remembered for want of heartbeats. */
  private static final int POLLS_MAX = 600;

  private record Poll(long nanos, long lsn) {}

  private final Deque<Poll> polls = new ArrayDeque<>();
  private @Nullable Sighting primary;

  /** The primary said this at that time, {@link System#nanoTime}. */
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

  /** Another node has become the primary. */
  void primaryChanged() {
    primary = null;
    polls.clear();
  }

  /** Null before the primary was heard. */
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

  /** Since the primary was last seen where the replica is; at least that long. */
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

  /** Bytes of write-ahead log that a replica has not replayed, -1 before the primary was heard. */
  long lagBytes(@Nullable Sighting replica) {
    Sighting known = primary;
    return known == null || replica == null ? -1 : Math.max(0, known.lsn() - replica.lsn());
  }
}
