package dev.tideline.routing.datasource;

import dev.tideline.routing.jdbc.ForwardingConnection;
import dev.tideline.routing.node.Node;
import dev.tideline.routing.route.Routes;
import dev.tideline.routing.route.SqlWork;
import dev.tideline.routing.route.StatementRouting;
import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.postgresql.PGConnection;

/**
 * A connection over all nodes: the JDBC interface. {@link RoutedSession} has the physical
 * connections.
 *
 * <p>Like any JDBC connection, it is used by one thread at a time; {@code cancel} and {@code abort}
 * may be called from any thread.
 */
final class RoutedConnection extends ForwardingConnection {

  private final SessionInfo info;
  private final RoutedSession session;
  private final List<Statement> open = new ArrayList<>(2);
  private boolean closed;

  RoutedConnection(Routes routes, StatementRouting routing, SessionInfo info) {
    this.info = info;
    this.session = new RoutedSession(routes, routing, info);
  }

  RoutedSession session() {
    return session;
  }

  /** For all methods that are not overridden here: one physical session, kept from now on. */
  @Override
  protected Connection delegate() throws SQLException {
    checkOpen();
    return session.keepOne();
  }

  void checkOpen() throws SQLException {
    if (closed) {
      throw new SQLException("this connection has been closed", "08003");
    }
  }

  // ---- statements

  private RoutedStatement add(RoutedStatement statement) {
    open.add(statement);
    return statement;
  }

  void forget(Statement statement) {
    open.remove(statement);
  }

  @Override
  public Statement createStatement() throws SQLException {
    checkOpen();
    return add(new RoutedStatement(this, Connection::createStatement, ResultSet.CONCUR_READ_ONLY));
  }

  @Override
  public Statement createStatement(int type, int concurrency) throws SQLException {
    checkOpen();
    return add(
        new RoutedStatement(this, real -> real.createStatement(type, concurrency), concurrency));
  }

  @Override
  public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
    checkOpen();
    return add(
        new RoutedStatement(
            this, real -> real.createStatement(type, concurrency, holdability), concurrency));
  }

  private PreparedStatement prepared(String sql, StatementMaker maker) throws SQLException {
    return prepared(sql, maker, ResultSet.CONCUR_READ_ONLY);
  }

  private PreparedStatement prepared(String sql, StatementMaker maker, int concurrency)
      throws SQLException {
    checkOpen();
    RoutedPreparedStatement statement = new RoutedPreparedStatement(this, sql, maker, concurrency);
    open.add(statement);
    return statement;
  }

  @Override
  public PreparedStatement prepareStatement(String sql) throws SQLException {
    return prepared(sql, real -> real.prepareStatement(sql));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int keys) throws SQLException {
    return prepared(sql, real -> real.prepareStatement(sql, keys));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int[] columns) throws SQLException {
    return prepared(sql, real -> real.prepareStatement(sql, columns));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, String[] columns) throws SQLException {
    return prepared(sql, real -> real.prepareStatement(sql, columns));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency)
      throws SQLException {
    return prepared(sql, real -> real.prepareStatement(sql, type, concurrency), concurrency);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    return prepared(
        sql, real -> real.prepareStatement(sql, type, concurrency, holdability), concurrency);
  }

  /**
   * Procedures usually write, so they go to the primary; the statement holds the connection until
   * it is closed.
   */
  @Override
  public CallableStatement prepareCall(String sql) throws SQLException {
    return call(real -> real.prepareCall(sql));
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency) throws SQLException {
    return call(real -> real.prepareCall(sql, type, concurrency));
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    return call(real -> real.prepareCall(sql, type, concurrency, holdability));
  }

  private CallableStatement call(SqlWork<CallableStatement, SQLException> maker)
      throws SQLException {
    checkOpen();
    CallableStatement statement = RoutedCall.of(this, maker);
    open.add(statement);
    return statement;
  }

  @Override
  public String nativeSQL(String sql) throws SQLException {
    checkOpen();
    return session.anyNode(real -> real.nativeSQL(sql));
  }

  @Override
  public Array createArrayOf(String type, Object[] elements) throws SQLException {
    checkOpen();
    return session.anyNode(real -> real.createArrayOf(type, elements));
  }

  @Override
  public Struct createStruct(String type, Object[] attributes) throws SQLException {
    checkOpen();
    return session.anyNode(real -> real.createStruct(type, attributes));
  }

  @Override
  public SQLXML createSQLXML() throws SQLException {
    checkOpen();
    return session.anyNode(Connection::createSQLXML);
  }

  @Override
  public Blob createBlob() throws SQLException {
    checkOpen();
    return session.anyNode(Connection::createBlob);
  }

  @Override
  public Clob createClob() throws SQLException {
    checkOpen();
    return session.anyNode(Connection::createClob);
  }

  @Override
  public NClob createNClob() throws SQLException {
    checkOpen();
    return session.anyNode(Connection::createNClob);
  }

  // ---- transactions

  @Override
  public void setAutoCommit(boolean on) throws SQLException {
    checkOpen();
    session.setAutoCommit(on);
  }

  @Override
  public boolean getAutoCommit() throws SQLException {
    checkOpen();
    return session.isAutoCommit();
  }

  private void requireTransactions(String what) throws SQLException {
    checkOpen();
    if (session.isAutoCommit()) {
      throw new SQLException("cannot " + what + " when autoCommit is enabled", "25P01");
    }
  }

  @Override
  public void commit() throws SQLException {
    requireTransactions("commit");
    session.checkNotLost();
    session.commit();
  }

  @Override
  public void rollback() throws SQLException {
    requireTransactions("rollback");
    session.rollback();
  }

  private Connection inTransaction(String what) throws SQLException {
    requireTransactions(what);
    return session.inTransaction();
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    inTransaction("rollback").rollback(savepoint);
  }

  @Override
  public Savepoint setSavepoint() throws SQLException {
    return inTransaction("set a savepoint").setSavepoint();
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    return inTransaction("set a savepoint").setSavepoint(name);
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) throws SQLException {
    inTransaction("release a savepoint").releaseSavepoint(savepoint);
  }

  @Override
  public void setReadOnly(boolean on) throws SQLException {
    checkOpen();
    if (on == session.isReadOnly()) {
      return;
    }
    if (session.transaction() != null) {
      throw new SQLException(
          "cannot change transaction read-only property in the middle of a transaction", "25001");
    }
    session.readOnlyIs(on);
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    checkOpen();
    return session.isReadOnly();
  }

  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    checkOpen();
    if (session.transaction() != null) {
      throw new SQLException(
          "cannot change transaction isolation level in the middle of a transaction", "25001");
    }
    session.settings().isolationIs(level);
  }

  @Override
  public int getTransactionIsolation() throws SQLException {
    checkOpen();
    int level = session.settings().isolation();
    return level == Connection.TRANSACTION_NONE
        ? session.anyNode(Connection::getTransactionIsolation)
        : level;
  }

  // ---- the session

  /** Each physical connection gets the setting before its next use. */
  private void setting(SessionSettings.Setting setting, String name) throws SQLException {
    checkOpen();
    session.settings().put(name, setting);
  }

  @Override
  public void setSchema(String schema) throws SQLException {
    setting(real -> real.setSchema(schema), "schema");
  }

  @Override
  public String getSchema() throws SQLException {
    return currentSetting(Connection::getSchema);
  }

  @Override
  public void setCatalog(String catalog) throws SQLException {
    setting(real -> real.setCatalog(catalog), "catalog");
  }

  @Override
  public String getCatalog() throws SQLException {
    return currentSetting(Connection::getCatalog);
  }

  @Override
  public void setHoldability(int holdability) throws SQLException {
    setting(real -> real.setHoldability(holdability), "holdability");
  }

  @Override
  public int getHoldability() throws SQLException {
    return currentSetting(Connection::getHoldability);
  }

  @Override
  public void setNetworkTimeout(Executor executor, int millis) throws SQLException {
    setting(real -> real.setNetworkTimeout(executor, millis), "network timeout");
  }

  @Override
  public int getNetworkTimeout() throws SQLException {
    return currentSetting(Connection::getNetworkTimeout);
  }

  @Override
  public void setTypeMap(Map<String, Class<?>> types) throws SQLException {
    setting(real -> real.setTypeMap(types), "type map");
  }

  @Override
  public Map<String, Class<?>> getTypeMap() throws SQLException {
    return currentSetting(Connection::getTypeMap);
  }

  private <R> R currentSetting(SqlWork<R, SQLException> question) throws SQLException {
    checkOpen();
    return session.currentSetting(question);
  }

  @Override
  public void setClientInfo(String name, String value) throws SQLClientInfoException {
    info.set(name, value);
    session.readsChanged();
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    info.setAll(properties);
    session.readsChanged();
  }

  @Override
  @SuppressWarnings("NullAway") // JDBC's own contract
  public String getClientInfo(String name) throws SQLException {
    checkOpen();
    return info.get(name, session);
  }

  @Override
  public Properties getClientInfo() throws SQLException {
    checkOpen();
    return info.all();
  }

  /** Metadata of the database, from the primary if it is up. */
  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    checkOpen();
    return RoutedMetaData.of(this);
  }

  @Override
  @SuppressWarnings("NullAway") // JDBC's own contract
  public SQLWarning getWarnings() throws SQLException {
    checkOpen();
    List<PhysicalConnection> held = session.held();
    return held.isEmpty() ? null : held.getLast().raw().getWarnings();
  }

  @Override
  public void clearWarnings() throws SQLException {
    checkOpen();
    for (PhysicalConnection held : session.held()) {
      held.raw().clearWarnings();
    }
  }

  /** Whether any node is marked up; queries none. */
  @Override
  public boolean isValid(int timeoutSeconds) throws SQLException {
    if (timeoutSeconds < 0) {
      throw new SQLException("a timeout must not be negative: " + timeoutSeconds, "22023");
    }
    return !closed && session.routes().nodes().all().stream().anyMatch(Node::isUp);
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() throws SQLException {
    if (closed) {
      return;
    }
    for (Statement statement : List.copyOf(open)) {
      statement.close();
    }
    closed = true;
    session.close();
  }

  @Override
  public void abort(Executor executor) throws SQLException {
    closed = true;
    session.abort(executor);
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(this) ? type.cast(this) : delegate().unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this) || type.equals(PGConnection.class);
  }
}
