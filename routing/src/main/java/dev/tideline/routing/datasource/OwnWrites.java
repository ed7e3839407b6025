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
 * How far the writes of one routed connection have come, so that its own reads show them. The place
 * is not asked when something is written, but when something is read after it. Used by one thread.
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

  /** Something was, or may have been, committed just now by a session that was left so. */
  void wrote(SessionEffect left) {
    any = true;
    pending = true;
    doubtful |= left.isMoreThan(SessionEffect.NONE);
    writtenNanos = System.nanoTime();
  }

  /** Asks the primary, over a connection to it that is in no transaction. */
  Position ask(Lease primary) {
    position = routes.nodes().epochs().ofCommit(primary.connection(), doubtful);
    if (position.isKnown()) {
      pending = false;
      doubtful = false;
    }
    return position;
  }

  /** Whether the primary must be asked before a read. */
  boolean mustAsk() {
    if (any && System.nanoTime() - writtenNanos > TokenKeys.AGE_MAX.toNanos()) {
      any = false; // every replica that may be read has it by now, as with a token
    }
    if (!any || !pending || doubtful) {
      return any && pending;
    }
    Epochs.Heard heard = routes.nodes().epochs().heard();
    if (heard != null && heard.askedNanos() - writtenNanos > 0) {
      position = heard.position();
      pending = false;
    }
    return pending;
  }

  /** Must not be read behind. */
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
    // Of more histories than fit in, one is not the current one: only the primary will do.
    return all.size() > ReadContext.POSITIONS_MAX ? List.of(Position.UNKNOWN) : all;
  }
}
