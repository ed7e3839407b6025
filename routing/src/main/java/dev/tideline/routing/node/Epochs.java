package dev.tideline.routing.node;

import dev.tideline.routing.token.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ensures that no position of a new history is published under the epoch of an old one. The epoch
 * must match the primary's system identifier, timeline and database, and the primary must not be
 * behind a position that was seen in it before. Otherwise the history gets a new epoch, by
 * compare-and-set. Thread-safe.
 */
public final class Epochs {

  private static final Logger log = LoggerFactory.getLogger(Epochs.class);

  private final NodeSql sql;
  private final PositionLedger ledger;
  private final AtomicReference<Position> highest = new AtomicReference<>(Position.UNKNOWN);
  private volatile @Nullable Report lastReport;

  /**
   * A position that the primary reported.
   *
   * @param askedNanos when it was queried, by {@link System#nanoTime}
   */
  public record Report(long askedNanos, Position position) {}

  Epochs(NodeSql sql, PositionLedger ledger) {
    this.sql = sql;
    this.ledger = ledger;
  }

  /**
   * The furthest known position. Read it before querying a primary, and compare it with the answer.
   */
  public Position known() {
    return highest.get();
  }

  /** Whether a primary's answer is valid for the epoch that it reports. */
  public boolean fits(Sighting seen, Position before) {
    return seen.fits() && (!before.epoch().equals(seen.epoch()) || seen.lsn() >= before.lsn());
  }

  /** Records a position that the primary has reached. */
  public void recordPosition(Position position) {
    if (position.isKnown()) {
      highest.accumulateAndGet(
          position,
          (held, next) ->
              held.epoch().equals(next.epoch()) && held.lsn() > next.lsn() ? held : next);
    }
  }

  /** Records the position that the primary reported when it was queried at this time. */
  public void recordReport(long askedNanos, Position position) {
    recordPosition(position);
    lastReport = new Report(askedNanos, position);
  }

  /** The last position that the primary reported, null before the first. */
  public @Nullable Report lastReport() {
    return lastReport;
  }

  /** Records what other routers saw of a history; must be called before a primary is queried. */
  void consultLedger(@Nullable String epoch) {
    if (epoch != null) {
      ledger.highest(epoch).ifPresent(lsn -> recordPosition(new Position(epoch, lsn)));
    }
  }

  void tellLedger() {
    Position position = known();
    if (position.isKnown()) {
      ledger.record(position);
    }
  }

  /**
   * Gives the history of a primary a new epoch, unless another router has done so; queries it
   * again.
   */
  Sighting renew(Connection primary, Sighting unfit) throws SQLException {
    sql.renewEpoch(primary, unfit.epoch(), () -> UUID.randomUUID().toString());
    Sighting renewed = sql.position(primary);
    if (unfit.epoch() == null) {
      log.info("the epoch of the database is {}", renewed.epoch());
    } else {
      log.warn("epoch {} has ended; the epoch is now {}", unfit.epoch(), renewed.epoch());
    }
    return renewed;
  }

  /**
   * The position that a node must reach to show what has been committed on this connection, or
   * earlier on another one.
   *
   * @param doubtful whether the commit may have returned before it was on disk; then everything
   *     committed so far is flushed first, and the connection's uncommitted work is rolled back
   * @return {@link Position#UNKNOWN} if it could not be determined
   */
  public Position ofCommit(Connection primary, boolean doubtful) {
    try {
      if (doubtful) {
        sql.flush(primary);
      }
      Position before = known();
      Sighting seen = sql.position(primary);
      if (!seen.inRecovery() && !fits(seen, before)) {
        seen = renew(primary, seen);
      }
      if (seen.inRecovery() || !fits(seen, before)) {
        return Position.UNKNOWN;
      }
      recordPosition(seen.position());
      return seen.position();
    } catch (SQLException e) {
      log.warn("cannot determine the position of a commit: {}", SqlFailure.message(e));
      return Position.UNKNOWN;
    }
  }
}
