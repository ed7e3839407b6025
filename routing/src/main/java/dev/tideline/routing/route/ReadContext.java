package dev.tideline.routing.route;

import dev.tideline.routing.token.Position;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The consistency that one request requires of its reads, and what the reads observed. Thread-safe;
 * created for each request.
 */
public final class ReadContext {

  /** How fresh an answer must be. */
  public sealed interface Consistency {

    /** Any replica within the lag limit. */
    record Eventual() implements Consistency {}

    /**
     * At least the writes up to these positions.
     *
     * @param positions one to four
     */
    record AtLeast(List<Position> positions) implements Consistency {
      public AtLeast {
        positions = List.copyOf(positions);
        if (positions.isEmpty() || positions.size() > POSITIONS_MAX) {
          throw new IllegalArgumentException("1 to 4 positions, not " + positions.size());
        }
      }
    }

    /** The current state of the primary. */
    record Strong() implements Consistency {}

    /**
     * The most advanced node: the primary, or while it is down the replica that has replayed the
     * most. For following the state of the database, not for answering requests: it is not counted
     * as a read.
     */
    record Furthest() implements Consistency {}
  }

  public static final int POSITIONS_MAX = 4;

  private final Consistency consistency;
  private final boolean stamped;
  private final AtomicLong stalenessNanos = new AtomicLong();
  private final AtomicReference<@Nullable Position> stamp = new AtomicReference<>();

  private ReadContext(Consistency consistency, boolean stamped) {
    this.consistency = consistency;
    this.stamped = stamped;
  }

  private ReadContext(Consistency consistency) {
    this(consistency, false);
  }

  public static ReadContext eventual() {
    return new ReadContext(new Consistency.Eventual());
  }

  /**
   * At least the writes up to these positions; without positions, the same as {@link #eventual}.
   */
  public static ReadContext atLeast(List<Position> positions) {
    return positions.isEmpty() ? eventual() : new ReadContext(new Consistency.AtLeast(positions));
  }

  public static ReadContext strong() {
    return new ReadContext(new Consistency.Strong());
  }

  /** See {@link Consistency.Furthest}. */
  public static ReadContext furthest() {
    return new ReadContext(new Consistency.Furthest());
  }

  /** A context of the same consistency whose reads are stamped; see {@link #stamp}. */
  public ReadContext stamped() {
    return new ReadContext(consistency, true);
  }

  public Consistency consistency() {
    return consistency;
  }

  boolean isStamped() {
    return stamped;
  }

  /** Records the position of the node before a read on it. */
  void readAt(Position position) {
    stamp.accumulateAndGet(position, ReadContext::least);
  }

  private static Position least(@Nullable Position one, @Nullable Position other) {
    if (one == null || other == null) {
      return one == null ? (other == null ? Position.UNKNOWN : other) : one;
    }
    if (!one.isKnown() || !other.isKnown() || !one.epoch().equals(other.epoch())) {
      return Position.UNKNOWN;
    }
    return one.lsn() <= other.lsn() ? one : other;
  }

  /**
   * For a {@link #stamped} context: a position such that all writes up to it were visible to each
   * of the reads so far. It is queried in the statement before each read, on the same connection,
   * so it is not valid for reads in a transaction of {@code REPEATABLE READ} or higher.
   *
   * @return {@link Position#UNKNOWN} if a node could not report its position, or the nodes reported
   *     different histories
   */
  public Position stamp() {
    Position position = stamp.get();
    return position == null ? Position.UNKNOWN : position;
  }

  /** Adds the staleness of another context's reads to this one. */
  public void add(ReadContext other) {
    stalenessNanos.accumulateAndGet(other.stalenessNanos.get(), Math::max);
  }

  void servedStale(Duration age) {
    stalenessNanos.accumulateAndGet(age.toNanos(), Math::max);
  }

  /**
   * How old an answer of these reads may be, if it is older than its consistency promises;
   * otherwise zero.
   */
  public Duration staleness() {
    return Duration.ofNanos(stalenessNanos.get());
  }
}
