package dev.tideline.routing.jdbc;

import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.ShardingKey;
import java.sql.Statement;
import java.sql.Struct;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;

/**
 * Forwards every call to a connection that may be chosen late. Methods that a subclass does not
 * override behave like the driver's.
 *
 * <p>The class is long because it has one method for each method of the interface, none with logic.
 */
@SuppressWarnings("deprecation")
public abstract class ForwardingConnection implements Connection {

  /** The connection to which calls are forwarded. */
  protected abstract Connection delegate() throws SQLException;

  private Connection current() throws SQLClientInfoException {
    try {
      return delegate();
    } catch (SQLException e) {
      throw new SQLClientInfoException(e.getMessage(), e.getSQLState(), Map.of(), e);
    }
  }

  @Override
  public void abort(Executor value) throws SQLException {
    delegate().abort(value);
  }

  @Override
  public void beginRequest() throws SQLException {
    delegate().beginRequest();
  }

  @Override
  public void clearWarnings() throws SQLException {
    delegate().clearWarnings();
  }

  @Override
  public void close() throws SQLException {
    delegate().close();
  }

  @Override
  public void commit() throws SQLException {
    delegate().commit();
  }

  @Override
  public Array createArrayOf(String name, Object[] value) throws SQLException {
    return delegate().createArrayOf(name, value);
  }

  @Override
  public Blob createBlob() throws SQLException {
    return delegate().createBlob();
  }

  @Override
  public Clob createClob() throws SQLException {
    return delegate().createClob();
  }

  @Override
  public NClob createNClob() throws SQLException {
    return delegate().createNClob();
  }

  @Override
  public SQLXML createSQLXML() throws SQLException {
    return delegate().createSQLXML();
  }

  @Override
  public Statement createStatement() throws SQLException {
    return delegate().createStatement();
  }

  @Override
  public Statement createStatement(int number, int number2) throws SQLException {
    return delegate().createStatement(number, number2);
  }

  @Override
  public Statement createStatement(int number, int number2, int number3) throws SQLException {
    return delegate().createStatement(number, number2, number3);
  }

  @Override
  public Struct createStruct(String name, Object[] value) throws SQLException {
    return delegate().createStruct(name, value);
  }

  @Override
  public void endRequest() throws SQLException {
    delegate().endRequest();
  }

  @Override
  public boolean getAutoCommit() throws SQLException {
    return delegate().getAutoCommit();
  }

  @Override
  public String getCatalog() throws SQLException {
    return delegate().getCatalog();
  }

  @Override
  public Properties getClientInfo() throws SQLException {
    return delegate().getClientInfo();
  }

  @Override
  public String getClientInfo(String name) throws SQLException {
    return delegate().getClientInfo(name);
  }

  @Override
  public int getHoldability() throws SQLException {
    return delegate().getHoldability();
  }

  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    return delegate().getMetaData();
  }

  @Override
  public int getNetworkTimeout() throws SQLException {
    return delegate().getNetworkTimeout();
  }

  @Override
  public String getSchema() throws SQLException {
    return delegate().getSchema();
  }

  @Override
  public int getTransactionIsolation() throws SQLException {
    return delegate().getTransactionIsolation();
  }

  @Override
  public Map<String, Class<?>> getTypeMap() throws SQLException {
    return delegate().getTypeMap();
  }

  @Override
  public SQLWarning getWarnings() throws SQLException {
    return delegate().getWarnings();
  }

  @Override
  public boolean isClosed() throws SQLException {
    return delegate().isClosed();
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    return delegate().isReadOnly();
  }

  @Override
  public boolean isValid(int number) throws SQLException {
    return delegate().isValid(number);
  }

  @Override
  public String nativeSQL(String sql) throws SQLException {
    return delegate().nativeSQL(sql);
  }

  @Override
  public CallableStatement prepareCall(String sql) throws SQLException {
    return delegate().prepareCall(sql);
  }

  @Override
  public CallableStatement prepareCall(String sql, int number, int number2) throws SQLException {
    return delegate().prepareCall(sql, number, number2);
  }

  @Override
  public CallableStatement prepareCall(String sql, int number, int number2, int number3)
      throws SQLException {
    return delegate().prepareCall(sql, number, number2, number3);
  }

  @Override
  public PreparedStatement prepareStatement(String sql) throws SQLException {
    return delegate().prepareStatement(sql);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int number) throws SQLException {
    return delegate().prepareStatement(sql, number);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int[] value) throws SQLException {
    return delegate().prepareStatement(sql, value);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, String[] value) throws SQLException {
    return delegate().prepareStatement(sql, value);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int number, int number2)
      throws SQLException {
    return delegate().prepareStatement(sql, number, number2);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int number, int number2, int number3)
      throws SQLException {
    return delegate().prepareStatement(sql, number, number2, number3);
  }

  @Override
  public void releaseSavepoint(Savepoint value) throws SQLException {
    delegate().releaseSavepoint(value);
  }

  @Override
  public void rollback() throws SQLException {
    delegate().rollback();
  }

  @Override
  public void rollback(Savepoint value) throws SQLException {
    delegate().rollback(value);
  }

  @Override
  public void setAutoCommit(boolean flag) throws SQLException {
    delegate().setAutoCommit(flag);
  }

  @Override
  public void setCatalog(String name) throws SQLException {
    delegate().setCatalog(name);
  }

  @Override
  public void setClientInfo(Properties value) throws SQLClientInfoException {
    current().setClientInfo(value);
  }

  @Override
  public void setClientInfo(String name, String text) throws SQLClientInfoException {
    current().setClientInfo(name, text);
  }

  @Override
  public void setHoldability(int index) throws SQLException {
    delegate().setHoldability(index);
  }

  @Override
  public void setNetworkTimeout(Executor value, int number) throws SQLException {
    delegate().setNetworkTimeout(value, number);
  }

  @Override
  public void setReadOnly(boolean flag) throws SQLException {
    delegate().setReadOnly(flag);
  }

  @Override
  public Savepoint setSavepoint() throws SQLException {
    return delegate().setSavepoint();
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    return delegate().setSavepoint(name);
  }

  @Override
  public void setSchema(String name) throws SQLException {
    delegate().setSchema(name);
  }

  @Override
  public void setShardingKey(ShardingKey value) throws SQLException {
    delegate().setShardingKey(value);
  }

  @Override
  public void setShardingKey(ShardingKey value, ShardingKey value2) throws SQLException {
    delegate().setShardingKey(value, value2);
  }

  @Override
  public boolean setShardingKeyIfValid(ShardingKey value, int number) throws SQLException {
    return delegate().setShardingKeyIfValid(value, number);
  }

  @Override
  public boolean setShardingKeyIfValid(ShardingKey value, ShardingKey value2, int number)
      throws SQLException {
    return delegate().setShardingKeyIfValid(value, value2, number);
  }

  @Override
  public void setTransactionIsolation(int index) throws SQLException {
    delegate().setTransactionIsolation(index);
  }

  @Override
  public void setTypeMap(Map<String, Class<?>> value) throws SQLException {
    delegate().setTypeMap(value);
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(this) ? type.cast(this) : delegate().unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || delegate().isWrapperFor(type);
  }
}
