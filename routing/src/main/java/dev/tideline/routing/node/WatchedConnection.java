package dev.tideline.routing.node;

import dev.tideline.routing.jdbc.ForwardingConnection;
import dev.tideline.routing.sql.SessionEffect;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;

/**
 * A leased connection that reports to its {@link Lease} everything that callers run on it, so that
 * their changes to the session are known when it is returned. All access to a session goes through
 * here: what cannot be seen, for example after {@code unwrap}, counts as unknown.
 */
final class WatchedConnection extends ForwardingConnection {

  private final Connection real;
  private final Lease lease;

  WatchedConnection(Connection real, Lease lease) {
    this.real = real;
    this.lease = lease;
  }

  @Override
  protected Connection delegate() {
    return real;
  }

  Lease lease() {
    return lease;
  }

  /** The driver changes the rows of an updatable result with its own statements. */
  private void concurrency(int concurrency) {
    if (concurrency != ResultSet.CONCUR_READ_ONLY) {
      lease.recordEffect(SessionEffect.UNKNOWN);
    }
  }

  @Override
  public Statement createStatement() throws SQLException {
    return new WatchedStatement(real.createStatement(), this);
  }

  @Override
  public Statement createStatement(int type, int concurrency) throws SQLException {
    concurrency(concurrency);
    return new WatchedStatement(real.createStatement(type, concurrency), this);
  }

  @Override
  public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
    concurrency(concurrency);
    return new WatchedStatement(real.createStatement(type, concurrency, holdability), this);
  }

  @Override
  public PreparedStatement prepareStatement(String sql) throws SQLException {
    lease.recordStatement(sql);
    return new WatchedPreparedStatement(real.prepareStatement(sql), this);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int keys) throws SQLException {
    lease.recordStatement(sql);
    return new WatchedPreparedStatement(real.prepareStatement(sql, keys), this);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int[] columns) throws SQLException {
    lease.recordStatement(sql);
    return new WatchedPreparedStatement(real.prepareStatement(sql, columns), this);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, String[] columns) throws SQLException {
    lease.recordStatement(sql);
    return new WatchedPreparedStatement(real.prepareStatement(sql, columns), this);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency)
      throws SQLException {
    concurrency(concurrency);
    lease.recordStatement(sql);
    return new WatchedPreparedStatement(real.prepareStatement(sql, type, concurrency), this);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    concurrency(concurrency);
    lease.recordStatement(sql);
    return new WatchedPreparedStatement(
        real.prepareStatement(sql, type, concurrency, holdability), this);
  }

  @Override
  public CallableStatement prepareCall(String sql) throws SQLException {
    lease.recordStatement(sql);
    return WatchedProxy.of(CallableStatement.class, real.prepareCall(sql), this);
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency) throws SQLException {
    concurrency(concurrency);
    lease.recordStatement(sql);
    return WatchedProxy.of(CallableStatement.class, real.prepareCall(sql, type, concurrency), this);
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    concurrency(concurrency);
    lease.recordStatement(sql);
    return WatchedProxy.of(
        CallableStatement.class, real.prepareCall(sql, type, concurrency, holdability), this);
  }

  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    return WatchedProxy.of(DatabaseMetaData.class, real.getMetaData(), this);
  }

  @Override
  public void setSchema(String schema) throws SQLException {
    lease.recordEffect(SessionEffect.SESSION);
    real.setSchema(schema);
  }

  @Override
  public void setClientInfo(String name, String value) throws SQLClientInfoException {
    lease.recordEffect(SessionEffect.SESSION);
    real.setClientInfo(name, value);
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    lease.recordEffect(SessionEffect.SESSION);
    real.setClientInfo(properties);
  }

  /** Kept by the driver, so the server cannot reset it. */
  @Override
  public void setHoldability(int holdability) throws SQLException {
    lease.recordEffect(SessionEffect.UNKNOWN);
    real.setHoldability(holdability);
  }

  /** Kept by the driver, so the server cannot reset it. */
  @Override
  public void setTypeMap(Map<String, Class<?>> types) throws SQLException {
    lease.recordEffect(SessionEffect.UNKNOWN);
    real.setTypeMap(types);
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    lease.recordEffect(SessionEffect.UNKNOWN);
    return real.unwrap(type);
  }
}
