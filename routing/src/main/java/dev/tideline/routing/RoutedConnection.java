package dev.tideline.routing;

import dev.tideline.routing.RoutedStatement.Work;
import dev.tideline.routing.jdbc.ForwardingConnection;
import dev.tideline.routing.sql.Classification;
import dev.tideline.routing.sql.StatementKind;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLWarning;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * A connection over all nodes. It holds real ones only while it needs them: one to a replica while
 * a read's statement is open or a read-only transaction lasts, one to the primary for all else.
 * Where a statement changes its session, the connection stays with that session for the rest of its
 * life, and the session is not given to others after.
 *
 * <p>As with any JDBC connection, one thread at a time; {@code cancel} and {@code abort} from any.
 */
final class RoutedConnection extends ForwardingConnection {

  private final RouterParts parts;
  private final StatementRouting routing;
  private final SessionInfo info;
  private final List<RoutedStatement> open = new ArrayList<>(2);
  private final SessionSettings settings = new SessionSettings();
  private boolean autoCommit = true;
  private boolean readOnly;
  private boolean transactionLost;
  private boolean pinned;
  private boolean spoiled;
  private boolean closed;
  private volatile @Nullable Physical reader;
  private volatile @Nullable Physical writer;

  RoutedConnection(RouterParts parts, StatementRouting routing, SessionInfo info) {
    this.parts = parts;
    this.routing = routing;
    this.info = info;
  }

  // ---- which node

  /** Whether a statement would go to the primary now, whatever becomes of its parameters. */
  boolean goesToPrimary(String sql) {
    return pinned
        || (!readOnly && (!autoCommit || routing.classify(sql).kind() != StatementKind.READ));
  }

  <R extends @Nullable Object> R run(RoutedStatement statement, String sql, Work<R> work)
      throws SQLException {
    checkUsable();
    if (!pinned && !readOnly) {
      Classification classification = routing.classify(sql);
      routing.decided(classification);
      if (classification.kind() == StatementKind.SESSION) {
        pin();
      } else if (autoCommit && classification.kind() == StatementKind.READ) {
        return read(statement, sql, work);
      }
    }
    return readOnly && !pinned ? read(statement, sql, work) : write(statement, work);
  }

  /** On the connection to a replica that is held, or on another; elsewhere if that is lost. */
  private <R extends @Nullable Object> R read(RoutedStatement statement, String sql, Work<R> work)
      throws SQLException {
    statement.unbind(); // its next run may be on another node
    ReadRoute route = new ReadRoute(parts, info.reads());
    while (true) {
      Physical physical = reader(route);
      boolean repeatable = !physical.inTransaction() && statement.isRepeatable();
      try {
        if (!autoCommit) {
          begin(physical);
        }
        return work.on(statement.bind(physical));
      } catch (SQLException e) {
        boolean writes = SqlFailure.isReadOnly(e);
        if (writes && !readOnly) {
          statement.unbind();
          routing.learn(sql);
          return write(statement, work);
        }
        if (writes || !repeatable || !route.mayRepeat(physical.node(), e)) {
          failed(physical, e);
          throw e;
        }
        statement.unbind();
        drop(physical);
      }
    }
  }

  private Physical reader(ReadRoute route) throws SQLException {
    Physical held = reader;
    if (held != null) {
      route.exclude(held.node());
      return held;
    }
    try {
      Lease lease = route.next();
      Physical fresh = new Physical(lease, route.connection(lease));
      reader = fresh;
      settings.applyTo(fresh);
      return fresh;
    } catch (RoutingException e) {
      throw asSql(e);
    }
  }

  private <R extends @Nullable Object> R write(RoutedStatement statement, Work<R> work)
      throws SQLException {
    Physical physical = writer();
    try {
      if (!autoCommit) {
        begin(physical);
      }
      Statement real =
          statement.isBoundTo(physical) ? statement.delegate() : statement.bind(physical);
      return work.on(real);
    } catch (SQLException e) {
      failed(physical, e);
      throw e;
    }
  }

  /** Runs a batch that a real statement has gathered on the primary. */
  <R> R runBatch(RoutedStatement statement, Work<R> work) throws SQLException {
    checkUsable();
    Physical physical = writer();
    Statement real =
        statement.isBoundTo(physical) ? statement.delegate() : statement.bind(physical);
    try {
      if (!autoCommit) {
        begin(physical);
      }
      return work.on(real);
    } catch (SQLException e) {
      failed(physical, e);
      throw e;
    }
  }

  Statement bindToPrimary(RoutedStatement statement) throws SQLException {
    checkOpen();
    Physical physical = writer();
    return statement.isBoundTo(physical) ? statement.delegate() : statement.bind(physical);
  }

  private Physical writer() throws SQLException {
    Physical held = writer;
    if (held != null) {
      return held;
    }
    try {
      Lease lease = parts.leasePrimary();
      Physical fresh = new Physical(lease, lease.connection());
      writer = fresh;
      settings.applyTo(fresh);
      if (readOnly) {
        fresh.connection().setReadOnly(true);
      }
      return fresh;
    } catch (RoutingException e) {
      throw asSql(e);
    }
  }

  private void failed(Physical physical, SQLException e) {
    if (SqlFailure.of(e) == SqlFailure.NODE_LOST) {
      transactionLost = physical.inTransaction();
      parts.lost(physical.node(), e);
      drop(physical);
    }
  }

  /** Gives a broken connection back at once; its statements find out when they are used. */
  private void drop(Physical physical) {
    physical.end();
    if (physical.equals(reader)) {
      reader = null;
    }
    if (physical.equals(writer)) {
      writer = null;
    }
    release(physical);
  }

  void releaseIfIdle(Physical physical) {
    boolean kept = pinned && physical.equals(writer);
    if (!kept && physical.isIdle()) {
      drop(physical);
    }
  }

  private static void release(Physical physical) {
    try {
      physical.release();
    } catch (SQLException e) {
      // the pool has taken it out already
    }
  }

  private static SQLException asSql(RoutingException e) {
    String state =
        switch (e.category()) {
          case UNAVAILABLE -> "08001";
          case OVERLOADED -> "53300";
        };
    return new SQLTransientConnectionException(e.getMessage(), state, e);
  }

  private void pin() throws SQLException {
    writer();
    pinned = true;
    spoiled = true;
  }

  /** For all that is not overridden here: the session on the primary, from now on. */
  @Override
  protected Connection delegate() throws SQLException {
    checkOpen();
    Physical physical = writer();
    pinned = true;
    return physical.connection();
  }

  private void checkOpen() throws SQLException {
    if (closed) {
      throw new SQLException("this connection has been closed", "08003");
    }
  }

  /** What follows a lost transaction must not run as if it belonged to it. */
  private void checkUsable() throws SQLException {
    checkOpen();
    if (transactionLost) {
      throw new SQLException("the transaction was lost with its node; roll back", "25P02");
    }
  }

  // ---- statements

  private RoutedStatement add(RoutedStatement statement) {
    open.add(statement);
    return statement;
  }

  void forget(RoutedStatement statement) {
    open.remove(statement);
  }

  @Override
  public Statement createStatement() throws SQLException {
    checkOpen();
    return add(new RoutedStatement(this, Connection::createStatement));
  }

  @Override
  public Statement createStatement(int type, int concurrency) throws SQLException {
    checkOpen();
    return add(new RoutedStatement(this, real -> real.createStatement(type, concurrency)));
  }

  @Override
  public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
    checkOpen();
    return add(
        new RoutedStatement(this, real -> real.createStatement(type, concurrency, holdability)));
  }

  private PreparedStatement prepared(String sql, StatementMaker maker) throws SQLException {
    checkOpen();
    RoutedPreparedStatement statement = new RoutedPreparedStatement(this, sql, maker);
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
    return prepared(sql, real -> real.prepareStatement(sql, type, concurrency));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    return prepared(sql, real -> real.prepareStatement(sql, type, concurrency, holdability));
  }

  /** Procedures write as a rule: the primary, whose connection is kept until the end. */
  @Override
  public CallableStatement prepareCall(String sql) throws SQLException {
    return transactional().prepareCall(sql);
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency) throws SQLException {
    return transactional().prepareCall(sql, type, concurrency);
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    return transactional().prepareCall(sql, type, concurrency, holdability);
  }

  private Connection transactional() throws SQLException {
    Connection real = delegate();
    if (!autoCommit) {
      begin(writer());
    }
    return real;
  }

  @Override
  public String nativeSQL(String sql) throws SQLException {
    return anyNode(real -> real.nativeSQL(sql));
  }

  @Override
  public Array createArrayOf(String type, Object[] elements) throws SQLException {
    return anyNode(real -> real.createArrayOf(type, elements));
  }

  /** What needs a real connection, but no particular one. */
  private <R> R anyNode(SqlWork<R, SQLException> work) throws SQLException {
    checkOpen();
    Physical held = writer != null ? writer : reader;
    if (held != null) {
      return work.run(held.connection());
    }
    try (Lease lease = new ReadRoute(parts, ReadContext.eventual()).next()) {
      return work.run(lease.connection());
    } catch (RoutingException e) {
      throw asSql(e);
    }
  }

  // ---- transactions

  private void begin(Physical physical) throws SQLException {
    if (!physical.inTransaction()) {
      Connection real = physical.connection();
      if (real.getAutoCommit()) {
        if (settings.isolation() != Connection.TRANSACTION_NONE) {
          real.setTransactionIsolation(settings.isolation());
        }
        real.setAutoCommit(false);
      }
      physical.begin();
    }
  }

  private @Nullable Physical transaction() {
    Physical writing = writer;
    if (writing != null && writing.inTransaction()) {
      return writing;
    }
    Physical reading = reader;
    return reading != null && reading.inTransaction() ? reading : null;
  }

  @Override
  public void setAutoCommit(boolean on) throws SQLException {
    checkOpen();
    if (on == autoCommit) {
      return;
    }
    if (on) {
      end(Connection::commit);
      for (Physical held : held()) {
        held.connection().setAutoCommit(true);
      }
    }
    autoCommit = on;
  }

  @Override
  public boolean getAutoCommit() throws SQLException {
    checkOpen();
    return autoCommit;
  }

  /** Ends a transaction one way or the other. */
  @FunctionalInterface
  private interface Ending {
    void end(Connection connection) throws SQLException;
  }

  private void end(Ending ending) throws SQLException {
    transactionLost = false;
    Physical physical = transaction();
    if (physical == null) {
      return;
    }
    try {
      ending.end(physical.connection());
      physical.end();
    } catch (SQLException e) {
      failed(physical, e);
      throw e;
    }
    releaseIfIdle(physical);
  }

  private void requireTransactions(String what) throws SQLException {
    checkOpen();
    if (autoCommit) {
      throw new SQLException("cannot " + what + " when autoCommit is enabled", "25P01");
    }
  }

  @Override
  public void commit() throws SQLException {
    requireTransactions("commit");
    checkUsable();
    end(Connection::commit);
  }

  @Override
  public void rollback() throws SQLException {
    requireTransactions("rollback");
    end(Connection::rollback);
  }

  private Connection inTransaction(String what) throws SQLException {
    requireTransactions(what);
    Physical physical = transaction();
    if (physical == null) {
      try {
        physical = readOnly ? reader(new ReadRoute(parts, info.reads())) : writer();
        begin(physical);
      } catch (RoutingException e) {
        throw asSql(e);
      }
    }
    return physical.connection();
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
    if (on == readOnly) {
      return;
    }
    if (transaction() != null) {
      throw new SQLException(
          "cannot change transaction read-only property in the middle of a transaction", "25001");
    }
    readOnly = on;
    Physical held = writer;
    if (held != null) {
      held.connection().setReadOnly(on);
    }
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    checkOpen();
    return readOnly;
  }

  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    checkOpen();
    if (transaction() != null) {
      throw new SQLException(
          "cannot change transaction isolation level in the middle of a transaction", "25001");
    }
    settings.isolationIs(level);
    for (Physical held : held()) {
      held.connection().setTransactionIsolation(level);
    }
  }

  @Override
  public int getTransactionIsolation() throws SQLException {
    checkOpen();
    int level = settings.isolation();
    return level == Connection.TRANSACTION_NONE
        ? anyNode(Connection::getTransactionIsolation)
        : level;
  }

  // ---- the session

  private List<Physical> held() {
    List<Physical> held = new ArrayList<>(2);
    Physical one = reader;
    if (one != null) {
      held.add(one);
    }
    Physical other = writer;
    if (other != null) {
      held.add(other);
    }
    return held;
  }

  private void setting(SessionSettings.Setting setting, String name) throws SQLException {
    checkOpen();
    settings.put(name, setting);
    for (Physical physical : held()) {
      settings.applyTo(physical);
    }
  }

  @Override
  public void setSchema(String schema) throws SQLException {
    settings.resetBy("RESET search_path");
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
    settings.unreset();
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
    settings.unreset();
    setting(real -> real.setTypeMap(types), "type map");
  }

  @Override
  public Map<String, Class<?>> getTypeMap() throws SQLException {
    return currentSetting(Connection::getTypeMap);
  }

  /** As the driver tells it of a connection with these settings. */
  private <R> R currentSetting(SqlWork<R, SQLException> question) throws SQLException {
    checkOpen();
    List<Physical> held = held();
    if (!held.isEmpty()) {
      return question.run(held.getFirst().connection());
    }
    Physical brief = reader(new ReadRoute(parts, ReadContext.eventual()));
    try {
      return question.run(brief.connection());
    } finally {
      releaseIfIdle(brief);
    }
  }

  @Override
  public void setClientInfo(String name, String value) throws SQLClientInfoException {
    info.set(name, value);
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    info.setAll(properties);
  }

  @Override
  @SuppressWarnings("NullAway") // JDBC's own contract
  public String getClientInfo(String name) throws SQLException {
    checkOpen();
    return info.get(name, parts);
  }

  @Override
  public Properties getClientInfo() throws SQLException {
    checkOpen();
    return info.all();
  }

  /** Metadata of the database, from the primary if it is there; its connection is kept. */
  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    checkOpen();
    Physical held = writer;
    if (held == null && !parts.cluster().view().primaryIsUp()) {
      held = reader(new ReadRoute(parts, ReadContext.eventual()));
    }
    Physical source = held == null ? writer() : held;
    source.use();
    return source.connection().getMetaData();
  }

  @Override
  @SuppressWarnings("NullAway") // JDBC's own contract
  public SQLWarning getWarnings() throws SQLException {
    checkOpen();
    Physical held = writer != null ? writer : reader;
    return held == null ? null : held.connection().getWarnings();
  }

  @Override
  public void clearWarnings() throws SQLException {
    checkOpen();
    for (Physical held : held()) {
      held.connection().clearWarnings();
    }
  }

  /** Whether some node is believed to be there; asks none. */
  @Override
  public boolean isValid(int timeoutSeconds) throws SQLException {
    if (timeoutSeconds < 0) {
      throw new SQLException("a timeout must not be negative: " + timeoutSeconds, "22023");
    }
    return !closed && parts.cluster().nodes().stream().anyMatch(Node::isUp);
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
    for (RoutedStatement statement : List.copyOf(open)) {
      statement.close();
    }
    closed = true;
    for (Physical physical : held()) {
      if (spoiled && physical.equals(writer)) {
        physical.spoil();
      }
      drop(physical);
    }
  }

  @Override
  public void abort(Executor executor) throws SQLException {
    closed = true;
    for (Physical physical : held()) {
      physical.connection().abort(executor);
    }
    reader = null;
    writer = null;
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(this) ? type.cast(this) : transactional().unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this) || type.equals(PGConnection.class);
  }
}
