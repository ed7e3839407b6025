package dev.tideline.routing.datasource;

import dev.tideline.routing.jdbc.ForwardingStatement;
import dev.tideline.routing.node.WatchedResultSet;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement of a routed connection. The real statement is created when it is run, on the node
 * that the text goes to, and stays open until the next run or the close, so that results, keys and
 * warnings are the driver's own.
 */
class RoutedStatement extends ForwardingStatement {

  /** What to do with the real statement. */
  @FunctionalInterface
  interface Work<R extends @Nullable Object> {
    R on(Statement statement) throws SQLException;
  }

  /** A setting that each real statement gets. */
  @FunctionalInterface
  interface Setting {
    void setOn(Statement statement) throws SQLException;
  }

  private final RoutedConnection connection;
  private final StatementMaker maker;
  private final boolean updatable;
  private final List<Setting> settings = new ArrayList<>(2);
  private @Nullable PhysicalConnection physical;
  private volatile @Nullable Statement statement;
  private boolean closed;
  private int queryTimeoutSeconds;
  private int fetchSize;
  private int maxRows;

  RoutedStatement(RoutedConnection connection, StatementMaker maker, int concurrency) {
    this.connection = connection;
    this.maker = maker;
    this.updatable = concurrency == ResultSet.CONCUR_UPDATABLE;
  }

  /** Whether its results are updatable; results of a replica are not. */
  final boolean isUpdatable() {
    return updatable;
  }

  /** Whether it stays on the primary, regardless of how its text is classified now. */
  boolean isBoundForGood() {
    return false;
  }

  /**
   * The real statement; one that was not run yet is bound to the connection that a write would use.
   */
  @Override
  protected Statement delegate() throws SQLException {
    checkOpen();
    Statement bound = statement;
    return bound != null ? bound : connection.session().bindToCurrent(this);
  }

  final void checkOpen() throws SQLException {
    if (closed) {
      throw new SQLException("this statement has been closed", "55000");
    }
  }

  final RoutedSession session() {
    return connection.session();
  }

  boolean isBoundTo(PhysicalConnection other) {
    return other.equals(physical);
  }

  boolean isBound() {
    return statement != null;
  }

  /** Whether it may be run again on another node. */
  boolean isRepeatable() {
    return true;
  }

  /** Creates the real statement on a connection, in place of the previous one. */
  Statement bind(PhysicalConnection to) throws SQLException {
    to.use(); // first, because closing the previous one might release it
    unbind();
    physical = to;
    Statement made = maker.make(to.connection());
    statement = made;
    for (Setting setting : settings) {
      setting.setOn(made);
    }
    return made;
  }

  /** Closes the real statement, and releases its connection if nothing else uses it. */
  void unbind() {
    Statement bound = statement;
    PhysicalConnection from = physical;
    statement = null;
    physical = null;
    if (bound != null) {
      try {
        bound.close();
      } catch (SQLException e) {
        // its connection is gone
      }
    }
    if (from != null) {
      from.unuse();
      connection.session().releaseIfIdle(from);
    }
  }

  private <R extends @Nullable Object> R run(String sql, Work<R> work) throws SQLException {
    checkOpen();
    return connection.session().run(this, sql, work);
  }

  final @Nullable ResultSet routed(@Nullable ResultSet real) {
    return real == null ? null : routedResult(real);
  }

  /** The driver's result, with this statement as its statement. */
  private ResultSet routedResult(ResultSet real) {
    return WatchedResultSet.of(real, this);
  }

  @Override
  public Connection getConnection() throws SQLException {
    checkOpen();
    return connection;
  }

  @Override
  public void close() throws SQLException {
    if (!closed) {
      closed = true;
      unbind();
      connection.forget(this);
    }
  }

  @Override
  public boolean isClosed() throws SQLException {
    Statement bound = statement;
    return closed || (bound != null && bound.isClosed());
  }

  @Override
  public boolean execute(String sql) throws SQLException {
    return run(sql, real -> real.execute(sql));
  }

  @Override
  public boolean execute(String sql, int keys) throws SQLException {
    return run(sql, real -> real.execute(sql, keys));
  }

  @Override
  public boolean execute(String sql, int[] columns) throws SQLException {
    return run(sql, real -> real.execute(sql, columns));
  }

  @Override
  public boolean execute(String sql, String[] columns) throws SQLException {
    return run(sql, real -> real.execute(sql, columns));
  }

  @Override
  public ResultSet executeQuery(String sql) throws SQLException {
    return routedResult(run(sql, real -> real.executeQuery(sql)));
  }

  @Override
  public int executeUpdate(String sql) throws SQLException {
    return run(sql, real -> real.executeUpdate(sql));
  }

  @Override
  public int executeUpdate(String sql, int keys) throws SQLException {
    return run(sql, real -> real.executeUpdate(sql, keys));
  }

  @Override
  public int executeUpdate(String sql, int[] columns) throws SQLException {
    return run(sql, real -> real.executeUpdate(sql, columns));
  }

  @Override
  public int executeUpdate(String sql, String[] columns) throws SQLException {
    return run(sql, real -> real.executeUpdate(sql, columns));
  }

  @Override
  public long executeLargeUpdate(String sql) throws SQLException {
    return run(sql, real -> real.executeLargeUpdate(sql));
  }

  @Override
  public long executeLargeUpdate(String sql, int keys) throws SQLException {
    return run(sql, real -> real.executeLargeUpdate(sql, keys));
  }

  @Override
  public long executeLargeUpdate(String sql, int[] columns) throws SQLException {
    return run(sql, real -> real.executeLargeUpdate(sql, columns));
  }

  @Override
  public long executeLargeUpdate(String sql, String[] columns) throws SQLException {
    return run(sql, real -> real.executeLargeUpdate(sql, columns));
  }

  /** The real statement collects a batch, on the connection that a write would use. */
  @Override
  public void addBatch(String sql) throws SQLException {
    checkOpen();
    connection.session().bindForBatch(this, sql).addBatch(sql);
  }

  @Override
  public int[] executeBatch() throws SQLException {
    checkOpen();
    return connection.session().runBatch(this, Statement::executeBatch);
  }

  @Override
  public long[] executeLargeBatch() throws SQLException {
    checkOpen();
    return connection.session().runBatch(this, Statement::executeLargeBatch);
  }

  @Override
  public void clearBatch() throws SQLException {
    checkOpen();
    Statement bound = statement;
    if (bound != null) {
      bound.clearBatch();
    }
  }

  @Override
  @SuppressWarnings("NullAway") // JDBC's own contract
  public ResultSet getResultSet() throws SQLException {
    checkOpen();
    Statement bound = statement;
    return bound == null ? null : routed(bound.getResultSet());
  }

  @Override
  public ResultSet getGeneratedKeys() throws SQLException {
    return routedResult(delegate().getGeneratedKeys());
  }

  @Override
  public int getUpdateCount() throws SQLException {
    checkOpen();
    Statement bound = statement;
    return bound == null ? -1 : bound.getUpdateCount();
  }

  @Override
  public long getLargeUpdateCount() throws SQLException {
    checkOpen();
    Statement bound = statement;
    return bound == null ? -1 : bound.getLargeUpdateCount();
  }

  @Override
  public boolean getMoreResults() throws SQLException {
    checkOpen();
    Statement bound = statement;
    return bound != null && bound.getMoreResults();
  }

  @Override
  public void cancel() throws SQLException {
    Statement bound = statement;
    if (bound != null) {
      bound.cancel();
    }
  }

  @Override
  @SuppressWarnings("NullAway") // JDBC's own contract
  public SQLWarning getWarnings() throws SQLException {
    checkOpen();
    Statement bound = statement;
    return bound == null ? null : bound.getWarnings();
  }

  @Override
  public void clearWarnings() throws SQLException {
    checkOpen();
    Statement bound = statement;
    if (bound != null) {
      bound.clearWarnings();
    }
  }

  private void setting(Setting setting) throws SQLException {
    checkOpen();
    Statement bound = statement;
    if (bound != null) {
      setting.setOn(bound);
    }
    settings.add(setting);
  }

  private static void requireNotNegative(int value, String what) throws SQLException {
    if (value < 0) {
      throw new SQLException(what + " must not be negative: " + value, "22023");
    }
  }

  @Override
  public void setQueryTimeout(int seconds) throws SQLException {
    requireNotNegative(seconds, "a query timeout");
    setting(real -> real.setQueryTimeout(seconds));
    queryTimeoutSeconds = seconds;
  }

  @Override
  public int getQueryTimeout() throws SQLException {
    checkOpen();
    return queryTimeoutSeconds;
  }

  @Override
  public void setFetchSize(int rows) throws SQLException {
    requireNotNegative(rows, "a fetch size");
    setting(real -> real.setFetchSize(rows));
    fetchSize = rows;
  }

  @Override
  public int getFetchSize() throws SQLException {
    checkOpen();
    return fetchSize;
  }

  @Override
  public void setMaxRows(int rows) throws SQLException {
    requireNotNegative(rows, "a row limit");
    setting(real -> real.setMaxRows(rows));
    maxRows = rows;
  }

  @Override
  public int getMaxRows() throws SQLException {
    checkOpen();
    return maxRows;
  }

  @Override
  public void setFetchDirection(int direction) throws SQLException {
    setting(real -> real.setFetchDirection(direction));
  }

  @Override
  public void setEscapeProcessing(boolean enable) throws SQLException {
    setting(real -> real.setEscapeProcessing(enable));
  }

  @Override
  public void setMaxFieldSize(int bytes) throws SQLException {
    setting(real -> real.setMaxFieldSize(bytes));
  }

  @Override
  public void setCursorName(String name) throws SQLException {
    setting(real -> real.setCursorName(name));
  }

  @Override
  public void setPoolable(boolean poolable) throws SQLException {
    setting(real -> real.setPoolable(poolable));
  }

  @Override
  public void closeOnCompletion() throws SQLException {
    setting(Statement::closeOnCompletion);
  }
}
