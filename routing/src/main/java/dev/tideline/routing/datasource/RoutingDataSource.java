package dev.tideline.routing.datasource;

import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.route.Routes;
import dev.tideline.routing.route.StatementRouting;
import dev.tideline.routing.token.TokenKeys;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source over a primary and its replicas, as a replacement for that of a single database.
 *
 * <ul>
 *   <li>{@code setReadOnly(true)}: replicas; a read-only transaction stays on one replica. If that
 *       replica dies, the transaction continues on the primary, unless it is REPEATABLE READ or has
 *       set something (SET LOCAL, a cursor, a savepoint, a batch);
 *   <li>autocommit: each statement is routed by its kind, see {@link ReadWriteRouter#explain}; a
 *       read that loses its node is retried on another;
 *   <li>any other transaction: the primary, from its first statement;
 *   <li>statements that change their session (SET, LISTEN, temporary tables): the primary, or the
 *       replica under {@code setReadOnly(true)}, and the connection keeps that session. No other
 *       connection sees the change.
 * </ul>
 *
 * <p>PhysicalConnection connections are acquired at the first statement and returned as soon as
 * nothing holds them, so a routed connection may be kept in a pool without being tied to one
 * replica.
 *
 * <p>Read your writes: a connection's reads show what was committed on it. For other connections,
 * {@code getClientInfo("Tideline-Token")} after a commit gives a token, {@code
 * setClientInfo("Tideline-Token", tokens)} makes later reads show it, {@code
 * setClientInfo("Tideline-Consistency", "strong")} sends all reads to the primary.
 *
 * <p>Thread-safe; the router closes it.
 */
public final class RoutingDataSource implements DataSource {

  /** The client info property for tokens: up to four, separated by commas. */
  public static final String TOKEN = "Tideline-Token";

  /** The client info property that sends all reads to the primary if it is {@code strong}. */
  public static final String CONSISTENCY = "Tideline-Consistency";

  private final Routes routes;
  private final StatementRouting routing;
  private final @Nullable TokenKeys keys;

  public RoutingDataSource(Routes routes, StatementRouting routing, @Nullable TokenKeys keys) {
    this.routes = routes;
    this.routing = routing;
    this.keys = keys;
  }

  @Override
  public Connection getConnection() {
    return new RoutedConnection(routes, routing, new SessionInfo(keys));
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the router has its own user");
  }

  @Override
  public int getLoginTimeout() {
    return Math.toIntExact(routes.nodes().acquireTimeout().toSeconds());
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw new SQLFeatureNotSupportedException("set the router's acquire timeout");
  }

  @Override
  @SuppressWarnings("NullAway") // JDBC's own contract: null is no log
  public PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) {
    // logs go through SLF4J
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("logs go through SLF4J");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    throw new SQLException("not a wrapper for " + type.getName());
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
