package dev.tideline.routing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

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
    record Session(List<Position> positions) implements Consistency {
      public Session {
        positions = List.copyOf(positions);
        if (positions.isEmpty() || positions.size() > POSITIONS_MAX) {
          throw new IllegalArgumentException("1 to 4 positions, not " + positions.size());
        }
      }
    }

    /** What the primary shows now. */
    record Strong() implements Consistency {}
  }

  public static final int POSITIONS_MAX = 4;

  private final Consistency consistency;
  private final AtomicLong stalenessNanos = new AtomicLong();

  private ReadContext(Consistency consistency) {
    this.consistency = consistency;
  }

  public static ReadContext eventual() {
    return new ReadContext(new Consistency.Eventual());
  }

  /** At least what these positions stand for; without any, the same as {@link #eventual}. */
  public static ReadContext atLeast(List<Position> positions) {
    return positions.isEmpty() ? eventual() : new ReadContext(new Consistency.Session(positions));
  }

  public static ReadContext strong() {
    return new ReadContext(new Consistency.Strong());
  }

  public Consistency consistency() {
    return consistency;
  }

  void servedStale(Duration age) {
    stalenessNanos.accumulateAndGet(age.toNanos(), Math::max);
  }

  /** How old an answer of these reads may be beyond what its class promises; zero if it is not. */
  public Duration staleness() {
    return Duration.ofNanos(stalenessNanos.get());
  }
}
