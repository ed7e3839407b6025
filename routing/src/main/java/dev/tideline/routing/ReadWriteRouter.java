package dev.tideline.routing;

import dev.tideline.routing.datasource.RoutingDataSource;
import dev.tideline.routing.node.ConnectionBudget;
import dev.tideline.routing.node.Lease;
import dev.tideline.routing.node.NodeStatus;
import dev.tideline.routing.node.Nodes;
import dev.tideline.routing.node.PositionLedger;
import dev.tideline.routing.node.RoutingException;
import dev.tideline.routing.node.RoutingException.Category;
import dev.tideline.routing.node.SqlFailure;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.route.ReadRoute;
import dev.tideline.routing.route.Routes;
import dev.tideline.routing.route.RoutingListener;
import dev.tideline.routing.route.SqlWork;
import dev.tideline.routing.route.StatementRouting;
import dev.tideline.routing.sql.Classification;
import dev.tideline.routing.sql.SessionEffect;
import dev.tideline.routing.token.TokenKeys;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Gives reads to replicas and writes to the primary.
 *
 * <p>A read that loses its connection is run again on the next node, the primary last; so its work
 * must be repeatable and must change nothing. The node is probed at once: only if that fails too,
 * it gets nothing more until a probe has reached it. A write is run once: when its connection is
 * lost, whether it was committed is unknown, and {@link RoutingException} says {@code UNAVAILABLE}.
 *
 * <p>Thread-safe. Meant for virtual threads: a caller blocks while it waits for a connection, for
 * the acquire timeout at most.
 */
public final class ReadWriteRouter implements AutoCloseable {

  private final Nodes nodes;
  private final Routes routes;
  private final StatementRouting routing;

  private ReadWriteRouter(Nodes nodes, Routes routes) {
    this.nodes = nodes;
    this.routes = routes;
    this.routing = new StatementRouting(routes);
  }

  /**
   * Opens the pools and asks each node once. Nodes that are away do not make it fail: they are
   * probed on.
   *
   * @throws ConnectionBudget.ExceededException if the pools would take more of a server than the
   *     budget allows
   * @throws InterruptedException if interrupted while it waits for the nodes' first answers, 3 s at
   *     most
   */
  public static ReadWriteRouter open(RouterConfig config, RoutingListener listener)
      throws InterruptedException {
    return open(config, PositionLedger.NONE, listener);
  }

  /** The same, with a memory of positions that other routers share. */
  public static ReadWriteRouter open(
      RouterConfig config, PositionLedger ledger, RoutingListener listener)
      throws InterruptedException {
    Nodes nodes =
        Nodes.open(
            config.primary(), config.replicas(), config.hosted(), config.nodes(), ledger, listener);
    return new ReadWriteRouter(nodes, new Routes(nodes, config.reads(), listener));
  }

  /**
   * Makes the tables {@code epoch} and {@code heartbeat} on the primary where they are missing; for
   * those who do not make them by migrations of their own. It takes the right to create a schema.
   */
  public void createMetadata() throws SQLException {
    write(connection -> {
      nodes.sql().createTables(connection);
      return true;
    });
    nodes.probe();
  }

  /** {@link #read(ReadContext, SqlWork)} of any replica within the lag limit. */
  public <T extends @Nullable Object, X extends Exception> T read(SqlWork<T, X> work)
      throws SQLException, X {
    return read(ReadContext.eventual(), work);
  }

  /**
   * Runs repeatable, read-only work on a replica that fits what is asked, or on another node if
   * that one is lost.
   *
   * @throws RoutingException if no node could do it, or it took longer than it may
   */
  public <T extends @Nullable Object, X extends Exception> T read(
      ReadContext context, SqlWork<T, X> work) throws SQLException, X {
    ReadRoute route = routes.read(context);
    while (true) {
      try (Lease lease = route.next()) {
        try {
          return work.run(route.connection(lease));
        } catch (Exception e) {
          if (SqlFailure.of(e) == SqlFailure.TOO_SLOW) {
            throw tooSlow(e);
          }
          if (!route.mayRepeat(lease.node(), e)) {
            throw e;
          }
        }
      }
    }
  }

  /**
   * Runs work on the primary, once.
   *
   * @throws RoutingException if the primary is away or was lost before the work returned, or a
   *     statement took longer than it may
   */
  public <T extends @Nullable Object, X extends Exception> T write(SqlWork<T, X> work)
      throws SQLException, X {
    return onPrimary(lease -> work.run(lease.watched()));
  }

  /**
   * Runs work that commits on the primary, once, and tells the position that a read must reach to
   * show it.
   *
   * @throws RoutingException as {@link #write}
   */
  public <T extends @Nullable Object, X extends Exception> Written<T> writeForPosition(
      SqlWork<T, X> work) throws SQLException, X {
    return onPrimary(lease -> {
      T value = work.run(lease.watched());
      boolean doubtful = lease.left().isMoreThan(SessionEffect.NONE);
      return new Written<>(value, nodes.epochs().ofCommit(lease.connection(), doubtful));
    });
  }

  private interface LeasedWork<T extends @Nullable Object, X extends Exception> {
    T run(Lease lease) throws SQLException, X;
  }

  private <T extends @Nullable Object, X extends Exception> T onPrimary(LeasedWork<T, X> work)
      throws SQLException, X {
    Lease lease = routes.write();
    try (lease) {
      return work.run(lease);
    } catch (Exception e) {
      String reason =
          switch (SqlFailure.of(e)) {
            case STATEMENT, UNKNOWN_OBJECT, NOT_ON_STANDBY -> throw e;
            case TOO_SLOW -> throw tooSlow(e);
            case CONNECTION_LOST -> {
              nodes.suspect(lease.node(), e);
              yield "the connection to the primary was lost under a write";
            }
            case ELSEWHERE -> {
              if (!SqlFailure.isReadOnly(e)) {
                throw e; // a deadlock, say: the caller's affair on a primary
              }
              nodes.probe(); // it may be no primary any more
              yield "the primary takes no writes now: " + SqlFailure.message(e);
            }
          };
      throw new RoutingException(Category.UNAVAILABLE, reason, e);
    }
  }

  private static RoutingException tooSlow(Exception e) {
    return new RoutingException(
        Category.TOO_SLOW, "a statement was ended: " + SqlFailure.message(e), e);
  }

  /** A data source that routes by statement, without tokens. */
  public DataSource dataSource() {
    return new RoutingDataSource(routes, routing.reloaded(), null);
  }

  /** A data source that routes by statement, and signs and verifies tokens by these keys. */
  public DataSource dataSource(TokenKeys keys) {
    return new RoutingDataSource(routes, routing.reloaded(), keys);
  }

  /** Where a statement would go outside a transaction, and why. */
  public RouteDecision explain(String sql) {
    Classification classification = routing.classify(sql);
    return new RouteDecision(routing.target(classification), classification);
  }

  /** Every node as it is now, the configured primary first. */
  public List<NodeStatus> nodes() {
    return nodes.status();
  }

  @Override
  public void close() {
    routing.close();
    nodes.close();
  }
}
