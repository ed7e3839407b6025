package dev.tideline.routing.route;

import dev.tideline.routing.node.Cluster;
import dev.tideline.routing.node.Lease;
import dev.tideline.routing.node.Node;
import dev.tideline.routing.node.NodeRole;
import dev.tideline.routing.node.Nodes;
import dev.tideline.routing.node.PositionedConnection;
import dev.tideline.routing.node.RoutingException;
import dev.tideline.routing.node.RoutingException.Category;
import dev.tideline.routing.node.Sighting;
import dev.tideline.routing.node.SqlFailure;
import dev.tideline.routing.route.ReadContext.Consistency;
import dev.tideline.routing.token.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The path of one read: chooses the next node until one has answered. Each node is tried once, in
 * this order:
 *
 * <ul>
 *   <li>eventual: the selector's replica, the other usable replicas, the primary if a fallback
 *       place is free, replicas past the lag limit, the primary after a wait for a place;
 *   <li>session: a replica that has replayed the positions, one that replays them within the wait,
 *       the primary within its fallback places; never a node that may not show them;
 *   <li>strong: the primary;
 *   <li>furthest: the primary, then the replicas by how much they have replayed.
 * </ul>
 *
 * <p>Used by one thread.
 */
public final class ReadRoute {

  private final Routes routes;
  private final Nodes nodes;
  private final ReadContext context;
  private long tried;
  private boolean waited;
  private boolean primaryOnly;
  private boolean exhausted;
  private @Nullable Throwable last;

  ReadRoute(Routes routes, ReadContext context) {
    this.routes = routes;
    this.nodes = routes.nodes();
    this.context = context;
  }

  private record Target(Node node, RouteReason reason, boolean shielded) {}

  /**
   * Leases a connection to the next node.
   *
   * @throws RoutingException if no node is left
   */
  public Lease next() {
    return next(null);
  }

  /**
   * Leases a connection to the next node.
   *
   * @param own a lease that the caller holds; it is returned if it is of that node
   * @throws RoutingException if no node is left
   */
  public Lease next(@Nullable Lease own) {
    while (true) {
      Target target = target();
      Node node = target.node();
      tried |= node.bit();
      Lease lease;
      if (own != null && own.node().equals(node)) {
        if (target.shielded()) {
          routes.shield().leave();
        }
        count(target);
        return own;
      }
      try {
        lease = nodes.lend(node, true);
      } catch (SQLException e) {
        if (target.shielded()) {
          routes.shield().leave();
        }
        refused(node, e);
        continue;
      }
      if (target.shielded()) {
        lease.onClose(routes.shield()::leave);
      }
      count(target);
      return lease;
    }
  }

  private void count(Target target) {
    if (context.consistency() instanceof Consistency.Furthest) {
      return;
    }
    Node node = target.node();
    node.countRead();
    RouteReason reason = last == null ? target.reason() : RouteReason.REPEATED;
    routes.listener().readRouted(node.name(), node.role(), reason);
  }

  /** The connection of a lease; it queries the node's position if the read depends on it. */
  public Connection connection(Lease lease) {
    List<Position> positions =
        context.consistency() instanceof Consistency.AtLeast(List<Position> wanted)
            ? wanted
            : List.of();
    if (positions.isEmpty() && !context.isStamped()) {
      return lease.watched();
    }
    Position before = nodes.epochs().known();
    return lease.watched(
        new PositionedConnection(
            lease.connection(),
            nodes.sql(),
            sighting -> {
              judge(lease.node(), sighting, positions);
              if (context.isStamped()) {
                context.readAt(stamp(sighting, before));
              }
            }));
  }

  /** The position of a read; unknown if the epoch is in doubt. */
  private Position stamp(Sighting sighting, Position before) {
    if (!sighting.inRecovery() && !nodes.epochs().fits(sighting, before)) {
      nodes.probe();
      return Position.UNKNOWN;
    }
    return sighting.position();
  }

  /** Verifies the polled position on the connection that reads. */
  private void judge(Node node, Sighting sighting, List<Position> positions) throws SQLException {
    Position position = sighting.position();
    boolean reached =
        positions.stream().allMatch(goal -> goal.isReachedBy(position.epoch(), position.lsn()));
    if (reached) {
      return;
    }
    if (sighting.inRecovery()) {
      node.reached(position);
      throw new SQLException(
          node.name() + " has not replayed as far as expected", SqlFailure.BEHIND);
    }
    // A primary shows everything. If it is behind a position of its own history, it was set back.
    positions.stream()
        .filter(goal -> goal.epoch().equals(position.epoch()))
        .forEach(nodes.epochs()::recordPosition);
    nodes.probe();
  }

  /**
   * Waits until the node of a connection that must be kept shows what the read must show.
   *
   * @throws SQLException if it does not in time
   */
  public void confirm(Lease held) throws SQLException {
    if (context.consistency() instanceof Consistency.AtLeast(List<Position> positions)) {
      Position goal = goal(nodes.view(), positions);
      if (goal.isKnown() && !held.mayWrite()) {
        nodes.awaitReplay(goal, List.of(held.node()), routes.replayWait());
      }
      judge(held.node(), nodes.sql().position(held.connection()), positions);
    }
  }

  /** Excludes a node that has been tried. */
  public void exclude(Node node) {
    tried |= node.bit();
  }

  /** From now on only the primary is tried. */
  public void onPrimaryAlone() {
    primaryOnly = true;
  }

  private void refused(Node node, SQLException e) {
    last = e;
    if (Thread.currentThread().isInterrupted()) {
      throw new RoutingException(
          Category.UNAVAILABLE, "interrupted while waiting for a database connection", e);
    }
    if (node.isExhausted()) {
      exhausted = true;
    } else {
      nodes.suspect(node, e);
    }
  }

  /** Whether a read that failed on a node in this way may be retried on another. */
  public boolean mayRepeat(Node node, Throwable failure) {
    last = failure;
    return switch (SqlFailure.of(failure)) {
      case CONNECTION_LOST -> {
        nodes.suspect(node, failure);
        yield !Thread.currentThread().isInterrupted();
      }
      case RETRY_ELSEWHERE -> true;
      case UNKNOWN_OBJECT, NOT_ON_STANDBY -> {
        Node primary = nodes.view().primary();
        primaryOnly = node.role() == NodeRole.REPLICA && primary != null && primary.isUp();
        yield primaryOnly;
      }
      case STATEMENT, TOO_SLOW -> false;
    };
  }

  private Target target() {
    Cluster.View view = nodes.view();
    if (primaryOnly) {
      return fallback(view, RouteReason.REPEATED);
    }
    return switch (context.consistency()) {
      case Consistency.Eventual() -> eventual(view);
      case Consistency.AtLeast(List<Position> positions) -> session(view, positions);
      case Consistency.Strong() -> primary(view, RouteReason.STRONG, false);
      case Consistency.Furthest() -> furthest(view);
    };
  }

  private Target furthest(Cluster.View view) {
    Node primary = view.primary();
    if (primary != null && primary.isUp() && untried(primary)) {
      return new Target(primary, RouteReason.BALANCED, false);
    }
    return Stream.concat(view.usable().stream(), view.lagging().stream())
        .filter(this::untried)
        .max(Comparator.comparingLong(Node::reachedLsn))
        .map(node -> new Target(node, RouteReason.BALANCED, false))
        .orElseThrow(this::noNodeLeft);
  }

  private Target eventual(Cluster.View view) {
    Node replica = select(view.usable());
    if (replica != null) {
      return new Target(replica, RouteReason.BALANCED, false);
    }
    if (!nodes.hasReplicas()) {
      return primary(view, RouteReason.NO_REPLICA, false);
    }
    Node primary = view.primary();
    if (primary != null && (!primary.isUp() || !untried(primary))) {
      primary = null;
    }
    if (primary != null && routes.shield().tryEnter()) {
      return new Target(primary, RouteReason.NO_REPLICA, true);
    }
    Node late = select(view.lagging());
    if (late != null) {
      context.servedStale(late.lag().orElse(Duration.ZERO));
      return new Target(late, RouteReason.STALE, false);
    }
    if (primary != null) {
      routes.shield().enter();
      return new Target(primary, RouteReason.NO_REPLICA, true);
    }
    return doubtful();
  }

  /** If every node is marked down, that may be out of date: each is tried once. */
  private Target doubtful() {
    boolean anyUp = nodes.all().stream().anyMatch(Node::isUp);
    return nodes.all().stream()
        .filter(node -> !anyUp && untried(node))
        .findFirst()
        .map(node -> new Target(node, RouteReason.REPEATED, false))
        .orElseThrow(this::noNodeLeft);
  }

  private Target session(Cluster.View view, List<Position> positions) {
    Position goal = goal(view, positions);
    if (!goal.isKnown()) {
      return fallback(view, RouteReason.OTHER_EPOCH);
    }
    List<Node> caughtUp = new ArrayList<>(view.usable().size());
    for (Node node : view.usable()) {
      if (untried(node) && node.hasReached(goal)) {
        caughtUp.add(node);
      }
    }
    Node replica = select(caughtUp);
    if (replica != null) {
      return new Target(replica, RouteReason.CAUGHT_UP, false);
    }
    if (!waited) {
      waited = true;
      Node reached =
          nodes.awaitReplay(
              goal, view.usable().stream().filter(this::untried).toList(), routes.replayWait());
      if (reached != null) {
        return new Target(reached, RouteReason.WAITED, false);
      }
    }
    return fallback(view, RouteReason.BEHIND);
  }

  /** The furthest of several positions; unknown unless all are of the current history. */
  private static Position goal(Cluster.View view, List<Position> positions) {
    Position furthest = Position.UNKNOWN;
    for (Position position : positions) {
      if (!position.isKnown() || !position.epoch().equals(view.epoch())) {
        return Position.UNKNOWN;
      }
      if (position.lsn() > furthest.lsn()) {
        furthest = position;
      }
    }
    return furthest;
  }

  /** The primary instead of replicas, within its fallback places. */
  private Target fallback(Cluster.View view, RouteReason reason) {
    boolean shielded = nodes.hasReplicas();
    return primary(view, reason, shielded);
  }

  private Target primary(Cluster.View view, RouteReason reason, boolean shielded) {
    Node primary = view.primary();
    // A primary that is marked down is tried if no other node can serve the read.
    if (primary == null || !untried(primary) || (shielded && !primary.isUp())) {
      throw noNodeLeft();
    }
    if (shielded) {
      routes.shield().enter();
    }
    return new Target(primary, reason, shielded);
  }

  private @Nullable Node select(List<Node> replicas) {
    if (tried == 0 && replicas.size() > 1) {
      return replicas.get(routes.selector().select(replicas));
    }
    List<Node> left = replicas.stream().filter(this::untried).toList();
    return switch (left.size()) {
      case 0 -> null;
      case 1 -> left.getFirst();
      default -> left.get(routes.selector().select(left));
    };
  }

  private boolean untried(Node node) {
    return (tried & node.bit()) == 0;
  }

  private RoutingException noNodeLeft() {
    return exhausted
        ? new RoutingException(Category.OVERLOADED, "every database connection is in use", last)
        : new RoutingException(
            Category.UNAVAILABLE,
            context.consistency() instanceof Consistency.Eventual
                ? "no database node can be read"
                : "no database node that is known to be fresh enough can be read",
            last);
  }
}
