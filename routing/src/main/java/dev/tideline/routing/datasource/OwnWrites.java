package dev.tideline.routing.datasource;

import dev.tideline.routing.node.Epochs;
import dev.tideline.routing.node.Lease;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.route.Routes;
import dev.tideline.routing.sql.SessionEffect;
import dev.tideline.routing.token.Position;
import dev.tideline.routing.token.TokenKeys;
import java.util.List;
import java.util.stream.Stream;

/**
 * The position of the writes of one routed connection, so that its own reads show them. The
 * position is not queried at a write, but at the next read. Used by one thread.
 */
final class OwnWrites {

  private final Routes routes;
  private Position position = Position.UNKNOWN;
  private boolean any;
  private boolean pending;
  private boolean doubtful;
  private long writtenNanos;

  OwnWrites(Routes routes) {
    this.routes = routes;
  }

  /**
   * Records that something was, or may have been, committed just now by a session with this effect
   * left.
   */
  void wrote(SessionEffect left) {
    any = true;
    pending = true;
    doubtful |= left.isMoreThan(SessionEffect.NONE);
    writtenNanos = System.nanoTime();
  }

  /** Queries the primary, over a connection to it that is not in a transaction. */
  Position ask(Lease primary) {
    position = routes.nodes().epochs().ofCommit(primary.connection(), doubtful);
    if (position.isKnown()) {
      pending = false;
      doubtful = false;
    }
    return position;
  }

  /** Whether the primary must be queried before a read. */
  boolean mustAsk() {
    if (any && System.nanoTime() - writtenNanos > TokenKeys.AGE_MAX.toNanos()) {
      any = false; // every usable replica has replayed it by now, as with a token
    }
    if (!any || !pending || doubtful) {
      return any && pending;
    }
    Epochs.Report report = routes.nodes().epochs().lastReport();
    if (report != null && report.askedNanos() - writtenNanos > 0) {
      position = report.position();
      pending = false;
    }
    return pending;
  }

  /** The positions that a read must show, including that of the own writes. */
  List<Position> with(List<Position> wanted) {
    if (!any) {
      return wanted;
    }
    if (!pending
        && wanted.stream().anyMatch(other -> position.isReachedBy(other.epoch(), other.lsn()))) {
      return wanted;
    }
    Position own = pending ? Position.UNKNOWN : position;
    List<Position> all =
        Stream.concat(
                wanted.stream().filter(other -> !other.isReachedBy(own.epoch(), own.lsn())),
                Stream.of(own))
            .toList();
    // Of so many histories, one is not the current one: only the primary can serve the read.
    return all.size() > ReadContext.POSITIONS_MAX ? List.of(Position.UNKNOWN) : all;
  }
}
