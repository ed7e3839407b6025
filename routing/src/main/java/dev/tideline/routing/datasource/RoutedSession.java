package dev.tideline.routing.datasource;

import dev.tideline.routing.datasource.RoutedStatement.Work;
import dev.tideline.routing.node.Lease;
import dev.tideline.routing.node.RoutingException;
import dev.tideline.routing.node.SqlFailure;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.route.ReadRoute;
import dev.tideline.routing.route.Routes;
import dev.tideline.routing.route.SqlWork;
import dev.tideline.routing.route.StatementRouting;
import dev.tideline.routing.sql.Classification;
import dev.tideline.routing.sql.SessionEffect;
import dev.tideline.routing.sql.StatementKind;
import dev.tideline.routing.token.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The physical connections behind a routed connection, each held only as long as it is needed: one
 * to a replica while a read's statement is open or a read-only transaction lasts, one to the
 * primary for everything else. If a statement changes its session, that session is kept until the
 * connection is closed.
 */
final class RoutedSession {

  private final Routes routes;
  private final StatementRouting routing;
  private final SessionInfo info;
  private final SessionSettings settings = new SessionSettings();
  private final OwnWrites own;
  private final SessionConnections held;
  private boolean autoCommit = true;
  private boolean readOnly;
  private boolean transactionLost;

  /** Whether the transaction has state that ends with it: a setting, a cursor, a savepoint. */
  private boolean transactionHasState;

  private boolean sessionLost;

  RoutedSession(Routes routes, StatementRouting routing, SessionInfo info) {
    this.routes = routes;
    this.routing = routing;
    this.info = info;
    this.own = new OwnWrites(routes);
    this.held = new SessionConnections(routes);
  }

  Routes routes() {
    return routes;
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

  /** Whether all statements go to one session on the primary, because it was changed. */
  private boolean isPinned() {
    Physical writing = held.writer();
    return writing != null && writing.isKept();
  }

  private boolean isOnReplicas() {
    return readOnly && !isPinned() && !isSerializable();
  }

  /** Whether a statement would go to the primary now, regardless of its parameters. */
  boolean goesToPrimary(RoutedStatement statement, String sql) {
    return isPinned()
        || (!readOnly
            && (!autoCommit
                || !mayUseReplica(statement)
                || routing.classify(sql).kind() != StatementKind.READ));
  }

  /** Whether a statement may run on a replica if its text allows it. */
  private boolean mayUseReplica(RoutedStatement statement) {
    return !isSerializable() && !statement.isUpdatable() && !statement.isBoundForGood();
  }

  /** Replicas do not support SERIALIZABLE transactions. */
  private boolean isSerializable() {
    return settings.isolation() == Connection.TRANSACTION_SERIALIZABLE;
  }

  /**
   * Whether a read-only connection uses the primary: a replica cannot run the statement, or the
   * transaction is on the primary.
   */
  private boolean readsOnPrimary(String sql) throws SQLException {
    Physical inTransaction = transaction();
    if (inTransaction != null) {
      return inTransaction.equals(held.writer());
    }
    if (routing.asksForSerializable(sql)) {
      writer().keep();
    }
    return isPinned() || isSerializable() || routing.isRefusedByReplicas(sql);
  }

  <R extends @Nullable Object> R run(RoutedStatement statement, String sql, Work<R> work)
      throws SQLException {
    checkNotLost();
    if (isPinned()) {
      return write(statement, work);
    }
    SessionEffect effect = routing.effect(sql);
    boolean changesSession = effect == SessionEffect.SESSION;
    transactionHasState |= !autoCommit && effect != SessionEffect.NONE;
    if (readOnly && !readsOnPrimary(sql)) {
      return read(statement, sql, work, changesSession);
    }
    if (readOnly) {
      if (changesSession) {
        writer().keep();
      }
      return write(statement, work);
    }
    Classification classification = routing.classify(sql);
    routing.decided(classification);
    if (changesSession || classification.kind() == StatementKind.SESSION) {
      writer().keep();
    } else if (autoCommit
        && classification.kind() == StatementKind.READ
        && mayUseReplica(statement)) {
      return read(statement, sql, work, false);
    }
    return write(statement, work);
  }

  // ---- reads

  /**
   * Runs a read on the held connection to a replica or on a new one; retries it elsewhere if that
   * is lost.
   */
  private <R extends @Nullable Object> R read(
      RoutedStatement statement, String sql, Work<R> work, boolean keep) throws SQLException {
    statement.unbind(); // its next run may be on another node
    ReadRoute route = routes.read(reads());
    boolean refused = false;
    while (true) {
      Physical physical = reader(route);
      boolean kept = physical.isKept();
      boolean continues = physical.inTransaction();
      boolean repeatable =
          (!continues || mayContinueElsewhere()) && !kept && statement.isRepeatable();
      try {
        ready(physical);
        R answer = work.on(statement.bind(physical));
        if (keep) {
          physical.keep();
        }
        if (refused) {
          routing.learn(sql); // the primary has done what a replica could not
        }
        return answer;
      } catch (SQLException e) {
        refused |= SqlFailure.of(e) == SqlFailure.NOT_ON_STANDBY;
        boolean writes = SqlFailure.isReadOnly(e);
        if (writes && !readOnly && !kept) {
          statement.unbind();
          routing.learn(sql);
          return write(statement, work);
        }
        if (writes || !repeatable || !route.mayRepeat(physical.node(), e)) {
          failed(physical, e);
          throw e;
        }
        statement.unbind();
        if (physical.inTransaction() && SqlFailure.of(e) != SqlFailure.CONNECTION_LOST) {
          rollBack(physical);
        }
        held.giveUp(physical);
        if (continues) {
          route.onPrimaryAlone(); // it shows everything that the transaction has seen
        }
      }
    }
  }

  /**
   * Whether a read-only transaction may continue after it loses its replica: only if each of its
   * statements sees what is committed when the statement begins, and the transaction has no state
   * that ends with it.
   */
  private boolean mayContinueElsewhere() {
    boolean seesEachCommit =
        switch (settings.isolation()) {
          case Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE -> false;
          default -> true;
        };
    return seesEachCommit && !transactionHasState;
  }

  /** Rolls back now, because open results may hold the connection for a while. */
  private static void rollBack(Physical physical) {
    try {
      physical.raw().rollback();
    } catch (SQLException e) {
      // it is rolled back when the connection is returned
    }
  }

  private ReadContext reads() throws SQLException {
    if (info.isStrong()) {
      return ReadContext.strong();
    }
    if (routes.nodes().hasReplicas() && own.mustAsk()) {
      position();
    }
    return ReadContext.atLeast(own.with(info.positions()));
  }

  private Physical reader(ReadRoute route) throws SQLException {
    Physical reading = held.reader();
    if (reading != null) {
      route.exclude(reading.node());
      if (reading.isKept()) {
        route.confirm(reading.lease());
      }
      return reading;
    }
    Physical primary = held.onPrimary();
    try {
      Lease lease = route.next(primary == null ? null : primary.lease());
      return primary != null && primary.lease().equals(lease)
          ? primary
          : held.addReader(lease, route.connection(lease));
    } catch (RoutingException e) {
      throw asSql(e);
    }
  }

  // ---- writes

  private <R extends @Nullable Object> R write(RoutedStatement statement, Work<R> work)
      throws SQLException {
    Physical physical = writer();
    try {
      return on(physical, statement, work);
    } finally {
      if (autoCommit) {
        wrote(physical);
      }
    }
  }

  private <R extends @Nullable Object> R on(
      Physical physical, RoutedStatement statement, Work<R> work) throws SQLException {
    try {
      ready(physical);
      return work.on(bound(statement, physical));
    } catch (SQLException e) {
      failed(physical, e);
      throw e;
    }
  }

  private static Statement bound(RoutedStatement statement, Physical physical) throws SQLException {
    return statement.isBoundTo(physical) ? statement.delegate() : statement.bind(physical);
  }

  /** Records what was, or may have been, committed, so that later reads show it. */
  private void wrote(Physical physical) {
    if (!readOnly && physical.lease().mayWrite()) {
      own.wrote(physical.lease().left());
      held.readsChanged();
    }
  }

  /** Runs a batch that a real statement has collected. */
  <R> R runBatch(RoutedStatement statement, Work<R> work) throws SQLException {
    checkNotLost();
    transactionHasState |= !autoCommit; // assumed, since the batch is not parsed here
    if (isOnReplicas()) {
      return on(current(), statement, work);
    }
    return write(statement, work);
  }

  /** The real statement on the connection for statements that are not separate reads. */
  Statement bindToCurrent(RoutedStatement statement) throws SQLException {
    Physical physical = current();
    physical.settle(settings);
    return bound(statement, physical);
  }

  /** Like {@link #bindToCurrent}, for a text that is run there in a batch. */
  Statement bindForBatch(RoutedStatement statement, String sql) throws SQLException {
    Physical physical = current();
    if (routing.effect(sql) == SessionEffect.SESSION) {
      physical.keep();
    }
    return bindToCurrent(statement);
  }

  private Physical writer() throws SQLException {
    Physical writing = held.writer();
    if (writing != null) {
      return writing;
    }
    Physical reading = held.onPrimary();
    if (reading != null) {
      held.becomesWriter(reading);
      routes.countWrite(reading.node());
      return reading;
    }
    try {
      return held.addWriter(routes.write());
    } catch (RoutingException e) {
      throw asSql(e);
    }
  }

  // ---- held connections

  /** Applies the caller's settings, and begins a transaction if autocommit is off. */
  private void ready(Physical physical) throws SQLException {
    physical.settle(settings);
    if (!physical.inTransaction()) {
      if (readOnly && physical.lease().mayWrite() && !physical.raw().isReadOnly()) {
        physical.raw().setReadOnly(true);
      }
      if (!autoCommit) {
        physical.begin();
      }
    }
  }

  private void failed(Physical physical, SQLException e) {
    if (SqlFailure.of(e) == SqlFailure.CONNECTION_LOST) {
      transactionLost = physical.inTransaction();
      sessionLost |= physical.isKept();
      routes.nodes().suspect(physical.node(), e);
      held.giveUp(physical);
    }
  }

  void releaseIfIdle(Physical physical) {
    held.releaseIfIdle(physical);
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

  /**
   * Fails if the transaction or session was lost: later statements must not run as if they belonged
   * to it.
   */
  void checkNotLost() throws SQLException {
    if (sessionLost) {
      throw new SQLException(
          "the session and what was set in it were lost with its node; close this connection",
          "08006");
    }
    if (transactionLost) {
      throw new SQLException("the transaction was lost with its node; roll back", "25P02");
    }
  }

  /**
   * The connection for statements that are not separate reads: the transaction's, if there is one.
   */
  private Physical current() throws SQLException {
    Physical inTransaction = transaction();
    if (inTransaction != null) {
      return inTransaction;
    }
    return isOnReplicas() ? reader(routes.read(reads())) : writer();
  }

  /** One physical connection, kept from now on; in a transaction if autocommit is off. */
  Connection keepOne() throws SQLException {
    Physical physical = current();
    physical.keep();
    ready(physical);
    wrote(physical);
    return physical.connection();
  }

  /** Runs work that needs a physical connection, but no particular one. */
  <R> R anyNode(SqlWork<R, SQLException> work) throws SQLException {
    Physical physical = held.any();
    if (physical != null) {
      return work.run(physical.raw());
    }
    try (Lease lease = routes.read(ReadContext.eventual()).next()) {
      return work.run(lease.connection());
    } catch (RoutingException e) {
      throw asSql(e);
    }
  }

  /**
   * The connection for metadata of the database: the transaction's, or one to the primary if that
   * is up. It is in use until {@link #done}.
   */
  Physical useForMetadata() throws SQLException {
    boolean primary = transaction() == null && routes.nodes().view().primaryIsUp();
    Physical physical = primary ? writer() : current();
    physical.use();
    return physical;
  }

  /** The connection for a call, in use until {@link #done}. */
  Physical useForCall() throws SQLException {
    checkNotLost();
    Physical physical = current();
    physical.use();
    return physical;
  }

  void done(Physical physical) {
    physical.unuse();
    releaseIfIdle(physical);
  }

  /** Runs a call on a connection in use. */
  <R extends @Nullable Object> R ask(Physical physical, Called<R> called) throws SQLException {
    try {
      physical.settle(settings);
      return called.run();
    } catch (SQLException e) {
      failed(physical, e);
      throw e;
    }
  }

  /** Runs a call that may write on a connection in use, in a transaction if autocommit is off. */
  <R extends @Nullable Object> R call(Physical physical, Called<R> called) throws SQLException {
    checkNotLost();
    if (physical.isGivenUp()) {
      throw new SQLException("the connection of this call was lost; prepare it again", "26000");
    }
    try {
      ready(physical);
      return ask(physical, called);
    } finally {
      if (autoCommit) {
        wrote(physical);
      }
    }
  }

  /** A call to run. */
  @FunctionalInterface
  interface Called<R extends @Nullable Object> {
    R run() throws SQLException;
  }

  @Nullable Physical transaction() {
    return held.transaction();
  }

  void setAutoCommit(boolean on) throws SQLException {
    if (on == autoCommit) {
      return;
    }
    if (on) {
      transactionLost = false;
      commit();
      for (Physical physical : held.all()) {
        physical.raw().setAutoCommit(true);
      }
    }
    autoCommit = on;
  }

  void readOnlyIs(boolean on) throws SQLException {
    readOnly = on;
    for (Physical physical : held.all()) {
      if (physical.lease().mayWrite()) {
        physical.raw().setReadOnly(on);
      }
    }
  }

  /** The transaction's connection; begins the transaction if necessary. */
  Connection inTransaction() throws SQLException {
    checkNotLost();
    transactionHasState = true; // a savepoint
    Physical physical = current();
    ready(physical);
    return physical.raw();
  }

  /** Commits or rolls back a transaction. */
  @FunctionalInterface
  private interface Ending {
    void end(Connection connection) throws SQLException;
  }

  void commit() throws SQLException {
    Physical physical = transaction();
    try {
      end(Connection::commit, physical == null || !physical.lease().mayWrite());
    } finally {
      if (physical != null) {
        wrote(physical);
      }
    }
  }

  void rollback() throws SQLException {
    transactionLost = false;
    end(Connection::rollback, true);
  }

  /**
   * @param endsWithItsConnection whether a lost connection ends the transaction in the same way: it
   *     is rolled back, or had nothing to commit
   */
  private void end(Ending ending, boolean endsWithItsConnection) throws SQLException {
    transactionHasState = false;
    for (Physical physical : held.all()) {
      if (physical.inTransaction()) {
        try {
          ending.end(physical.raw());
          physical.end();
        } catch (SQLException e) {
          failed(physical, e);
          if (!endsWithItsConnection || SqlFailure.of(e) != SqlFailure.CONNECTION_LOST) {
            throw e;
          }
          transactionLost = false;
        }
        releaseIfIdle(physical);
      }
    }
  }

  /** The value that the driver reports for a connection with these settings. */
  <R> R currentSetting(SqlWork<R, SQLException> question) throws SQLException {
    Physical any = held.any();
    Physical physical = any == null ? reader(routes.read(ReadContext.eventual())) : any;
    try {
      physical.settle(settings);
      return question.run(physical.raw());
    } finally {
      releaseIfIdle(physical);
    }
  }

  /** A position that a node must reach to show everything committed here. */
  Position position() {
    Physical writing = held.writer();
    if (writing != null && !writing.inTransaction()) {
      return own.ask(writing.lease());
    }
    try (Lease lease = routes.nodes().lendPrimary()) {
      return own.ask(lease);
    } catch (RoutingException e) {
      return Position.UNKNOWN;
    }
  }

  /** Called when the consistency required of reads has changed. */
  void readsChanged() {
    held.readsChanged();
  }

  List<Physical> held() {
    return held.all();
  }

  void close() {
    held.close();
  }

  void abort(Executor executor) throws SQLException {
    held.abort(executor);
  }
}
