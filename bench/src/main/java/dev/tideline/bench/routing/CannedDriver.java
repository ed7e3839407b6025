package dev.tideline.bench.routing;

import dev.tideline.routing.jdbc.ForwardingConnection;
import dev.tideline.routing.jdbc.ForwardingPreparedStatement;
import dev.tideline.routing.jdbc.ForwardingResultSet;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Collections;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL driver, but for one statement, whose answer it has at hand: a round trip takes a
 * hundred times as long as what is to be measured, and varies more. All else reaches the server.
 */
public final class CannedDriver implements Driver {

  static final String STATEMENT = "SELECT 1 + ?";

  private final Driver real = new org.postgresql.Driver();

  /** Takes the real one's place. */
  static void install() throws SQLException {
    for (Driver driver : Collections.list(DriverManager.getDrivers())) {
      if (driver instanceof org.postgresql.Driver) {
        DriverManager.deregisterDriver(driver);
      }
    }
    DriverManager.registerDriver(new CannedDriver());
  }

  @Override
  public @Nullable Connection connect(String url, Properties info) throws SQLException {
    Connection connection = real.connect(url, info);
    return connection == null ? null : new CannedConnection(connection);
  }

  @Override
  public boolean acceptsURL(String url) throws SQLException {
    return real.acceptsURL(url);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) throws SQLException {
    return real.getPropertyInfo(url, info);
  }

  @Override
  public int getMajorVersion() {
    return real.getMajorVersion();
  }

  @Override
  public int getMinorVersion() {
    return real.getMinorVersion();
  }

  @Override
  public boolean jdbcCompliant() {
    return real.jdbcCompliant();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return real.getParentLogger();
  }

  private static final class CannedConnection extends ForwardingConnection {

    private final Connection connection;
    private @Nullable PreparedStatement canned;

    CannedConnection(Connection connection) {
      this.connection = connection;
    }

    @Override
    protected Connection delegate() {
      return connection;
    }

    @Override
    public PreparedStatement prepareStatement(String sql) throws SQLException {
      return sql.equals(STATEMENT) ? canned() : connection.prepareStatement(sql);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int type, int concurrency)
        throws SQLException {
      return sql.equals(STATEMENT) ? canned() : connection.prepareStatement(sql, type, concurrency);
    }

    @Override
    public PreparedStatement prepareStatement(
        String sql, int type, int concurrency, int holdability) throws SQLException {
      return sql.equals(STATEMENT)
          ? canned()
          : connection.prepareStatement(sql, type, concurrency, holdability);
    }

    private PreparedStatement canned() throws SQLException {
      if (canned == null) {
        canned = new CannedStatement(connection);
      }
      return canned;
    }
  }

  private static final class CannedStatement extends ForwardingPreparedStatement {

    private final PreparedStatement statement;
    private final CannedResult result;

    CannedStatement(Connection connection) throws SQLException {
      statement =
          connection.prepareStatement(
              STATEMENT, ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
      statement.setInt(1, 1);
      result = new CannedResult(statement.executeQuery());
    }

    @Override
    protected PreparedStatement delegate() {
      return statement;
    }

    @Override
    public boolean execute() throws SQLException {
      result.beforeFirst();
      return true;
    }

    @Override
    public ResultSet executeQuery() throws SQLException {
      result.beforeFirst();
      return result;
    }

    @Override
    public ResultSet getResultSet() {
      return result;
    }

    @Override
    public void close() {
      // it is used again
    }
  }

  private static final class CannedResult extends ForwardingResultSet {

    private final ResultSet result;

    CannedResult(ResultSet result) {
      this.result = result;
    }

    @Override
    protected ResultSet delegate() {
      return result;
    }

    @Override
    public void close() {
      // it is used again
    }
  }
}
