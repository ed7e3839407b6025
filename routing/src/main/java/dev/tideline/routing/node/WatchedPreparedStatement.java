package dev.tideline.routing.node;

import dev.tideline.routing.jdbc.ForwardingPreparedStatement;
import dev.tideline.routing.sql.SessionEffect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A prepared statement of a {@link WatchedConnection}, which has already reported its text. */
final class WatchedPreparedStatement extends ForwardingPreparedStatement {

  private final PreparedStatement real;
  private final WatchedConnection connection;

  WatchedPreparedStatement(PreparedStatement real, WatchedConnection connection) {
    this.real = real;
    this.connection = connection;
  }

  @Override
  protected PreparedStatement delegate() {
    return real;
  }

  @Override
  public Connection getConnection() {
    return connection;
  }

  @Override
  public ResultSet executeQuery() throws SQLException {
    return new WatchedResultSet(real.executeQuery(), this, connection.lease());
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
