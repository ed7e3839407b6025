package dev.tideline.routing;

import dev.tideline.routing.RoutedStatement.Work;
import dev.tideline.routing.sql.Classification;
import dev.tideline.routing.sql.StatementKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The real connections behind a routed one, for as long as each is needed: one to a replica while a
 * read's statement is open or a read-only transaction lasts, one to the primary for all else. Where
 * a statement changes its session, that session is kept to the end, and not given to others after.
 */
final class RoutedSession {

  private final RouterParts parts;
  private final StatementRouting routing;
  private final SessionInfo info;
  private final SessionSettings settings = new SessionSettings();
  private boolean autoCommit = true;
  private boolean readOnly;
  private boolean transactionLost;
  private boolean pinned;
  private boolean spoiled;
  private volatile @Nullable Physical reader;
  private volatile @Nullable Physical writer;

  RoutedSession(RouterParts parts, StatementRouting routing, SessionInfo info) {
    this.parts = parts;
    this.routing = routing;
    this.info = info;
  }

  RouterParts parts() {
    return parts;
  }

  SessionSettings settings() {
    return settings;
  }

  boolean isAutoCommit() {
    return autoCommit;
  }

  boolean isReadOnly() {
    return readOnly;
  }

  /** Whether a statement would go to the primary now, whatever becomes of its parameters. */
  boolean goesToPrimary(RoutedStatement statement, String sql) {
    return pinned
        || isSerializable()
        || (!readOnly
            && (!autoCommit
                || !mayUseReplica(statement)
                || routing.classify(sql).kind() != StatementKind.READ));
  }

  /** Whether nothing but its text could forbid a statement to run on a replica. */
  private boolean mayUseReplica(RoutedStatement statement) {
    return !isSerializable() && !statement.isUpdatable() && !statement.isBoundForGood();
  }

  /** Replicas have no SERIALIZABLE transactions. */
  private boolean isSerializable() {
    return settings.isolation() == Connection.TRANSACTION_SERIALIZABLE;
  }

  /** Of a connection for reading: a replica could not do it, or its transaction is elsewhere. */
  private boolean readsOnPrimary(String sql) throws SQLException {
    if (transaction() != null) {
      return transaction() == writer;
    }
    if (routing.asksForSerializable(sql)) {
      pin();
    }
    return pinned || isSerializable() || routing.isRefusedByReplicas(sql);
  }

  <R extends @Nullable Object> R run(RoutedStatement statement, String sql, Work<R> work)
      throws SQLException {
    checkNotLost();
    if (!pinned && !readOnly) {
      Classification classification = routing.classify(sql);
      routing.decided(classification);
      if (classification.kind() == StatementKind.SESSION) {
        pin();
      } else if (autoCommit
          && classification.kind() == StatementKind.READ
          && mayUseReplica(statement)) {
        return read(statement, sql, work);
      }
    }
    return readOnly && !pinned && !readsOnPrimary(sql)
        ? read(statement, sql, work)
        : write(statement, work);
  }

  /** On the connection to a replica that is held, or on another; elsewhere if that is lost. */
  private <R extends @Nullable Object> R read(RoutedStatement statement, String sql, Work<R> work)
      throws SQLException {
    statement.unbind(); // its next run may be on another node
    ReadRoute route = new ReadRoute(parts, info.reads());
    boolean refused = false;
    while (true) {
      Physical physical = reader(route);
      boolean repeatable = !physical.inTransaction() && statement.isRepeatable();
      try {
        if (!autoCommit) {
          begin(physical);
        }
        R result = work.on(statement.bind(physical));
        if (refused) {
          routing.learn(sql); // the primary has done what a replica could not
        }
        return result;
      } catch (SQLException e) {
        refused |= SqlFailure.of(e) == SqlFailure.NOT_ON_STANDBY;
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
    checkNotLost();
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
    if (SqlFailure.of(e) == SqlFailure.CONNECTION_LOST) {
      transactionLost = physical.inTransaction();
      parts.suspect(physical.node(), e);
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
          case TOO_SLOW -> "57014";
        };
    return new SQLTransientConnectionException(e.getMessage(), state, e);
  }

  private void pin() throws SQLException {
    writer();
    pinned = true;
    spoiled = true;
  }

  /** What follows a lost transaction must not run as if it belonged to it. */
  void checkNotLost() throws SQLException {
    if (transactionLost) {
      throw new SQLException("the transaction was lost with its node; roll back", "25P02");
    }
  }

  /** The session on the primary, kept from now on; in a transaction if there is to be one. */
  Connection keepPrimary(boolean begin) throws SQLException {
    Physical physical = writer();
    pinned = true;
    if (begin && !autoCommit) {
      begin(physical);
    }
    return physical.connection();
  }

  /** What needs a real connection, but no particular one. */
  <R> R anyNode(SqlWork<R, SQLException> work) throws SQLException {
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

  /** The primary if it is there, for questions about the database; it is kept to the end. */
  Connection forMetadata() throws SQLException {
    boolean primary = writer != null || parts.cluster().view().primaryIsUp();
    Physical source = primary ? writer() : reader(new ReadRoute(parts, ReadContext.eventual()));
    source.use();
    return source.connection();
  }

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

  @Nullable Physical transaction() {
    Physical writing = writer;
    if (writing != null && writing.inTransaction()) {
      return writing;
    }
    Physical reading = reader;
    return reading != null && reading.inTransaction() ? reading : null;
  }

  void autoCommitIs(boolean on) throws SQLException {
    if (on == autoCommit) {
      return;
    }
    if (on) {
      end(Connection::commit);
      for (Physical physical : held()) {
        physical.connection().setAutoCommit(true);
      }
    }
    autoCommit = on;
  }

  void readOnlyIs(boolean on) throws SQLException {
    readOnly = on;
    Physical physical = writer;
    if (physical != null) {
      physical.connection().setReadOnly(on);
    }
  }

  /** The transaction's connection; the transaction begins if it has not. */
  Connection inTransaction() throws SQLException {
    Physical physical = transaction();
    if (physical == null) {
      boolean reads = readOnly && !pinned && !isSerializable();
      physical = reads ? reader(new ReadRoute(parts, info.reads())) : writer();
      begin(physical);
    }
    return physical.connection();
  }

  /** Ends a transaction one way or the other. */
  @FunctionalInterface
  interface Ending {
    void end(Connection connection) throws SQLException;
  }

  void end(Ending ending) throws SQLException {
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

  List<Physical> held() {
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

  /** As the driver tells it of a connection with these settings. */
  <R> R currentSetting(SqlWork<R, SQLException> question) throws SQLException {
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

  /**
   * What is asked of reads has changed: the replica that is held was chosen for something else. Its
   * open statements keep it; a transaction stays where it is.
   */
  void readsChanged() {
    if (transaction() == null) {
      reader = null;
    }
  }

  void close() {
    for (Physical physical : held()) {
      if (spoiled && physical.equals(writer)) {
        physical.spoil();
      }
      drop(physical);
    }
  }

  void abort(Executor executor) throws SQLException {
    for (Physical physical : held()) {
      physical.connection().abort(executor);
      drop(physical);
    }
  }
}
