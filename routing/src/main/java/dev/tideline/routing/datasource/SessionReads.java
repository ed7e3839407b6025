package dev.tideline.routing.datasource;

import dev.tideline.routing.datasource.RoutedStatement.Work;
import dev.tideline.routing.node.Lease;
import dev.tideline.routing.node.RoutingException;
import dev.tideline.routing.node.SqlFailure;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.route.ReadRoute;
import dev.tideline.routing.route.Routes;
import dev.tideline.routing.route.StatementRouting;
import dev.tideline.routing.token.Position;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The reads of one routed connection: chooses a node for each, and repeats a read elsewhere if its
 * node is lost. Used by one thread at a time.
 */
final class SessionReads {

  private final Routes routes;
  private final StatementRouting routing;
  private final SessionInfo info;
  private final SessionState state;
  private final SessionConnections held;
  private final OwnWrites own;

  SessionReads(
      Routes routes,
      StatementRouting routing,
      SessionInfo info,
      SessionState state,
      SessionConnections held) {
    this.routes = routes;
    this.routing = routing;
    this.info = info;
    this.state = state;
    this.held = held;
    this.own = new OwnWrites(routes);
  }

  /** What to do with a read that turns out to write. */
  @FunctionalInterface
  interface OnPrimary<R extends @Nullable Object> {
    R run() throws SQLException;
  }

  /**
   * Runs a read on the held connection to a replica or on a new one; retries it elsewhere if that
   * is lost.
   *
   * @param keep whether the statement changes its session, which is then kept
   */
  <R extends @Nullable Object> R run(
      RoutedStatement statement, String sql, Work<R> work, boolean keep, OnPrimary<R> onPrimary)
      throws SQLException {
    statement.unbind(); // its next run may be on another node
    ReadRoute route = routes.read(context());
    boolean refused = false;
    while (true) {
      PhysicalConnection physical = connection(route);
      boolean kept = physical.isKept();
      boolean continues = physical.inTransaction();
      boolean repeatable =
          (!continues || state.mayContinueElsewhere()) && !kept && statement.isRepeatable();
      try {
        state.prepare(physical);
        R answer = work.on(statement.bind(physical));
        if (keep) {
          physical.keep();
        }
        if (refused) {
          routing.learn(sql); // the primary has done what a replica could not
        }
        return answer;
      } catch (SQLException e) {
        refused |= SqlFailure.of(e) == SqlFailure.NOT_ON_STANDBY;
        boolean writes = SqlFailure.isReadOnly(e);
        if (writes && !state.isReadOnly() && !kept) {
          statement.unbind();
          routing.learn(sql);
          return onPrimary.run();
        }
        if (writes || !repeatable || !route.mayRepeat(physical.node(), e)) {
          held.failed(physical, e, state);
          throw e;
        }
        statement.unbind();
        if (physical.inTransaction() && SqlFailure.of(e) != SqlFailure.CONNECTION_LOST) {
          rollBack(physical);
        }
        held.giveUp(physical);
        if (continues) {
          route.onPrimaryAlone(); // it shows everything that the transaction has seen
        }
      }
    }
  }

  /** Rolls back now, because open results may hold the connection for a while. */
  private static void rollBack(PhysicalConnection physical) {
    try {
      physical.raw().rollback();
    } catch (SQLException e) {
      // it is rolled back when the connection is returned
    }
  }

  private ReadContext context() throws SQLException {
    if (info.isStrong()) {
      return ReadContext.strong();
    }
    if (routes.nodes().hasReplicas() && own.mustAsk()) {
      position();
    }
    return ReadContext.atLeast(own.with(info.positions()));
  }

  /** The connection for a read with the consistency that the caller requires. */
  PhysicalConnection connection() throws SQLException {
    return connection(routes.read(context()));
  }

  /** The connection for a read of any node. */
  PhysicalConnection anyConnection() throws SQLException {
    return connection(routes.read(ReadContext.eventual()));
  }

  private PhysicalConnection connection(ReadRoute route) throws SQLException {
    PhysicalConnection reading = held.reader();
    if (reading != null) {
      route.exclude(reading.node());
      if (reading.isKept()) {
        route.confirm(reading.lease());
      }
      return reading;
    }
    PhysicalConnection primary = held.onPrimary();
    try {
      Lease lease = route.next(primary == null ? null : primary.lease());
      return primary != null && primary.lease().equals(lease)
          ? primary
          : held.addReader(lease, route.connection(lease));
    } catch (RoutingException e) {
      throw RoutedSession.asSql(e);
    }
  }

  /** Records what was, or may have been, committed, so that later reads show it. */
  void wrote(PhysicalConnection physical) {
    if (!state.isReadOnly() && physical.lease().mayWrite()) {
      own.wrote(physical.lease().sessionEffect());
      held.readsChanged();
    }
  }

  /** A position that a node must reach to show everything committed here. */
  Position position() {
    PhysicalConnection writing = held.writer();
    if (writing != null && !writing.inTransaction()) {
      return own.ask(writing.lease());
    }
    try (Lease lease = routes.nodes().lendPrimary()) {
      return own.ask(lease);
    } catch (RoutingException e) {
      return Position.UNKNOWN;
    }
  }
}
