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
 * Routes reads to replicas and writes to the primary.
 *
 * <p>A read that loses its connection is retried on the next node, the primary last. Its work must
 * therefore be repeatable and must change nothing. The node is probed at once; if the probe fails
 * too, nothing is sent to the node until a probe succeeds. A write is run once. If its connection
 * is lost, it is unknown whether the write was committed, and the {@link RoutingException} has the
 * category {@code UNAVAILABLE}.
 *
 * <p>Thread-safe. Intended for virtual threads: a caller blocks while it waits for a connection, at
 * most for the acquire timeout.
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
   * Opens the pools and probes each node once. It does not fail if a node is down: the node is
   * probed again.
   *
   * @throws ConnectionBudget.ExceededException if the pools would take more connections of a server
   *     than the budget allows
   * @throws InterruptedException if interrupted while it waits for the nodes' first answers, at
   *     most 3 s
   */
  public static ReadWriteRouter open(RouterConfig config, RoutingListener listener)
      throws InterruptedException {
    return open(config, PositionLedger.NONE, listener);
  }

  /** Opens a router with a ledger of positions that other routers share. */
  public static ReadWriteRouter open(
      RouterConfig config, PositionLedger ledger, RoutingListener listener)
      throws InterruptedException {
    Nodes nodes =
        Nodes.open(
            config.primary(), config.replicas(), config.hosted(), config.nodes(), ledger, listener);
    return new ReadWriteRouter(nodes, new Routes(nodes, config.reads(), listener));
  }

  /**
   * Creates the tables {@code epoch} and {@code heartbeat} on the primary if they do not exist, for
   * applications that do not create them in their own migrations. Requires the privilege to create
   * a schema.
   */
  public void createMetadata() throws SQLException {
    write(connection -> {
      nodes.sql().createTables(connection);
      return true;
    });
    nodes.probe();
  }

  /** {@link #read(ReadContext, SqlWork)} from any replica within the lag limit. */
  public <T extends @Nullable Object, X extends Exception> T read(SqlWork<T, X> work)
      throws SQLException, X {
    return read(ReadContext.eventual(), work);
  }

  /**
   * Runs repeatable, read-only work on a replica that meets the requested consistency, or on
   * another node if that one is lost.
   *
   * @throws RoutingException if no node could run it, or a statement timed out
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
   * @throws RoutingException if the primary is down or was lost before the work returned, or a
   *     statement timed out
   */
  public <T extends @Nullable Object, X extends Exception> T write(SqlWork<T, X> work)
      throws SQLException, X {
    return onPrimary(lease -> work.run(lease.watched()));
  }

  /**
   * Runs work that commits on the primary, once, and returns the position that a node must reach to
   * show it.
   *
   * @throws RoutingException as in {@link #write}
   */
  public <T extends @Nullable Object, X extends Exception> Written<T> writeForPosition(
      SqlWork<T, X> work) throws SQLException, X {
    return onPrimary(lease -> {
      T value = work.run(lease.watched());
      boolean doubtful = lease.sessionEffect().isMoreThan(SessionEffect.NONE);
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
              yield "the connection to the primary was lost during a write";
            }
            case RETRY_ELSEWHERE -> {
              if (!SqlFailure.isReadOnly(e)) {
                throw e; // for example a deadlock, which the caller handles
              }
              nodes.probe(); // it may no longer be the primary
              yield "the primary does not accept writes: " + SqlFailure.message(e);
            }
          };
      throw new RoutingException(Category.UNAVAILABLE, reason, e);
    }
  }

  private static RoutingException tooSlow(Exception e) {
    return new RoutingException(
        Category.TOO_SLOW, "a statement was canceled: " + SqlFailure.message(e), e);
  }

  /** A data source that routes each statement, without tokens. */
  public DataSource dataSource() {
    return new RoutingDataSource(routes, routing.reloaded(), null);
  }

  /** A data source that routes each statement, and signs and verifies tokens with these keys. */
  public DataSource dataSource(TokenKeys keys) {
    return new RoutingDataSource(routes, routing.reloaded(), keys);
  }

  /** Where a statement would go outside a transaction, and why. */
  public RouteDecision explain(String sql) {
    Classification classification = routing.classify(sql);
    return new RouteDecision(routing.target(classification), classification);
  }

  /** The current status of every node, the configured primary first. */
  public List<NodeStatus> nodes() {
    return nodes.status();
  }

  @Override
  public void close() {
    routing.close();
    nodes.close();
  }
}
