package dev.tideline.routing.node;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The source of a pool's connections; remembers whether the server refused the last one for lack of
 * resources.
 */
final class NodeSource implements DataSource {

  private final NodeConnector connector;
  private final NodeRole role;
  private volatile @Nullable SQLException refusal;

  NodeSource(NodeConnector connector, NodeRole role) {
    this.connector = connector;
    this.role = role;
  }

  /** The server's error if it refused the last connection for lack of resources; otherwise null. */
  @Nullable SQLException refusal() {
    return refusal;
  }

  @Override
  public Connection getConnection() throws SQLException {
    try {
      Connection connection = connector.open(role);
      refusal = null;
      return connection;
    } catch (SQLException e) {
      refusal = SqlFailure.isOutOfResources(e) ? e : null;
      throw e;
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the router has its own user");
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public void setLoginTimeout(int seconds) {
    // connections have their own timeouts
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
    throw new SQLException("not a wrapper for " + type.getName());
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
