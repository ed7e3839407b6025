package dev.tideline.routing.route;

import dev.tideline.routing.token.Position;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What one request asks of its reads, and what they turned out to be. Thread-safe; made anew for
 * each request.
 */
public final class ReadContext {

  /** How fresh an answer must be. */
  public sealed interface Consistency {

    /** Any replica within the lag limit will do. */
    record Eventual() implements Consistency {}

    /**
     * At least the writes that these positions stand for.
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

    /** What the primary shows now. */
    record Strong() implements Consistency {}

    /**
     * The most advanced node there is: the primary, or while it is away the replica that has
     * replayed the most. For keeping up with the database, not for answers: it is not counted among
     * the reads.
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

  /** At least what these positions stand for; without any, the same as {@link #eventual}. */
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

  /** A context of the same kind whose reads are stamped: see {@link #stamp}. */
  public ReadContext stamped() {
    return new ReadContext(consistency, true);
  }

  public Consistency consistency() {
    return consistency;
  }

  boolean isStamped() {
    return stamped;
  }

  /** A read is about to be made where the node is known to stand here. */
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
   * Of a {@link #stamped} context: a position such that all that was written up to it was visible
   * to each of the reads so far. It was asked in the statement before each read, on the same
   * connection; reads in a transaction of {@code REPEATABLE READ} or higher must not be made so.
   *
   * @return {@link Position#UNKNOWN} if a node could not tell, or they told of different histories
   */
  public Position stamp() {
    Position position = stamp.get();
    return position == null ? Position.UNKNOWN : position;
  }

  /** Takes over what the reads of another context turned out to be. */
  public void add(ReadContext other) {
    stalenessNanos.accumulateAndGet(other.stalenessNanos.get(), Math::max);
  }

  void servedStale(Duration age) {
    stalenessNanos.accumulateAndGet(age.toNanos(), Math::max);
  }

  /** How old an answer of these reads may be beyond what its class promises; zero if it is not. */
  public Duration staleness() {
    return Duration.ofNanos(stalenessNanos.get());
  }
}
