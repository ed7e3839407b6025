package dev.tideline.routing.node;

import dev.tideline.routing.jdbc.ForwardingStatement;
import dev.tideline.routing.sql.SessionEffect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A statement of a {@link WatchedConnection}; each text is reported before it is run. */
final class WatchedStatement extends ForwardingStatement {

  private final Statement real;
  private final WatchedConnection connection;

  WatchedStatement(Statement real, WatchedConnection connection) {
    this.real = real;
    this.connection = connection;
  }

  @Override
  protected Statement delegate() {
    return real;
  }

  private Statement running(String sql) {
    connection.lease().recordStatement(sql);
    return real;
  }

  @Override
  public Connection getConnection() {
    return connection;
  }

  @Override
  public void addBatch(String sql) throws SQLException {
    running(sql).addBatch(sql);
  }

  @Override
  public boolean execute(String sql) throws SQLException {
    return running(sql).execute(sql);
  }

  @Override
  public boolean execute(String sql, int keys) throws SQLException {
    return running(sql).execute(sql, keys);
  }

  @Override
  public boolean execute(String sql, int[] columns) throws SQLException {
    return running(sql).execute(sql, columns);
  }

  @Override
  public boolean execute(String sql, String[] columns) throws SQLException {
    return running(sql).execute(sql, columns);
  }

  @Override
  public ResultSet executeQuery(String sql) throws SQLException {
    return new WatchedResultSet(running(sql).executeQuery(sql), this, connection.lease());
  }

  @Override
  public int executeUpdate(String sql) throws SQLException {
    return running(sql).executeUpdate(sql);
  }

  @Override
  public int executeUpdate(String sql, int keys) throws SQLException {
    return running(sql).executeUpdate(sql, keys);
  }

  @Override
  public int executeUpdate(String sql, int[] columns) throws SQLException {
    return running(sql).executeUpdate(sql, columns);
  }

  @Override
  public int executeUpdate(String sql, String[] columns) throws SQLException {
    return running(sql).executeUpdate(sql, columns);
  }

  @Override
  public long executeLargeUpdate(String sql) throws SQLException {
    return running(sql).executeLargeUpdate(sql);
  }

  @Override
  public long executeLargeUpdate(String sql, int keys) throws SQLException {
    return running(sql).executeLargeUpdate(sql, keys);
  }

  @Override
  public long executeLargeUpdate(String sql, int[] columns) throws SQLException {
    return running(sql).executeLargeUpdate(sql, columns);
  }

  @Override
  public long executeLargeUpdate(String sql, String[] columns) throws SQLException {
    return running(sql).executeLargeUpdate(sql, columns);
  }

  @Override
  @SuppressWarnings("NullAway") // JDBC's own contract
  public ResultSet getResultSet() throws SQLException {
    return WatchedResultSet.orNull(real.getResultSet(), this, connection.lease());
  }

  @Override
  public ResultSet getGeneratedKeys() throws SQLException {
    return new WatchedResultSet(real.getGeneratedKeys(), this, connection.lease());
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    connection.lease().recordEffect(SessionEffect.UNKNOWN);
    return real.unwrap(type);
  }
}
