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
 * Sees to it that no position of a new history goes out under the name of an old one: the name must
 * fit the primary's system identifier, timeline and database, and the primary must not be behind
 * what was seen in it before. Otherwise the history gets a new name, by compare and set.
 * Thread-safe.
 */
public final class Epochs {

  private static final Logger log = LoggerFactory.getLogger(Epochs.class);

  private final NodeSql sql;
  private final PositionLedger ledger;
  private final AtomicReference<Position> highest = new AtomicReference<>(Position.UNKNOWN);
  private volatile @Nullable Heard heard;

  /**
   * Where the primary said that it was.
   *
   * @param askedNanos when it was asked, by {@link System#nanoTime}
   */
  public record Heard(long askedNanos, Position position) {}

  Epochs(NodeSql sql, PositionLedger ledger) {
    this.sql = sql;
    this.ledger = ledger;
  }

  /** The furthest place known; to be asked before a primary is, and compared with its answer. */
  public Position known() {
    return highest.get();
  }

  /** Whether a primary's answer can stand under the name that it shows. */
  public boolean fits(Sighting seen, Position before) {
    return seen.fits() && (!before.epoch().equals(seen.epoch()) || seen.lsn() >= before.lsn());
  }

  /** Takes note of a place that the primary has been at. */
  public void passed(Position position) {
    if (position.isKnown()) {
      highest.accumulateAndGet(
          position,
          (held, next) ->
              held.epoch().equals(next.epoch()) && held.lsn() > next.lsn() ? held : next);
    }
  }

  /** Takes note of where the primary said it was, when it was asked at a time. */
  public void heard(long askedNanos, Position position) {
    passed(position);
    heard = new Heard(askedNanos, position);
  }

  /** The last that was heard of the primary, null before the first. */
  public @Nullable Heard heard() {
    return heard;
  }

  /** Takes note of what others saw of a history; to be done before a primary is asked. */
  void consultLedger(@Nullable String epoch) {
    if (epoch != null) {
      ledger.highest(epoch).ifPresent(lsn -> passed(new Position(epoch, lsn)));
    }
  }

  void tellLedger() {
    Position position = known();
    if (position.isKnown()) {
      ledger.record(position);
    }
  }

  /** Gives the history of a primary a new name, unless someone has already; asks it again. */
  Sighting renew(Connection primary, Sighting unfit) throws SQLException {
    sql.renewEpoch(primary, unfit.epoch(), () -> UUID.randomUUID().toString());
    Sighting renewed = sql.position(primary);
    if (unfit.epoch() == null) {
      log.info("the database's history is called {}", renewed.epoch());
    } else {
      log.warn("the history {} ended, it is {} now", unfit.epoch(), renewed.epoch());
    }
    return renewed;
  }

  /**
   * The position from which on a node shows what has been committed on this connection, or on
   * another before.
   *
   * @param doubtful whether the commit may have returned before it was on disk; then all that was
   *     committed so far is put there first, and what the connection has not committed is rolled
   *     back
   * @return {@link Position#UNKNOWN} if there is none to be had
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
      passed(seen.position());
      return seen.position();
    } catch (SQLException e) {
      log.warn("no position after a commit: {}", SqlFailure.message(e));
      return Position.UNKNOWN;
    }
  }
}
