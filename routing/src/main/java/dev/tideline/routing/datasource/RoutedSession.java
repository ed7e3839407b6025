package dev.tideline.routing.datasource;

import dev.tideline.routing.datasource.RoutedStatement.Work;
import dev.tideline.routing.node.Lease;
import dev.tideline.routing.node.RoutingException;
import dev.tideline.routing.node.SqlFailure;
import dev.tideline.routing.route.ReadContext;
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
  private final SessionState state = new SessionState();
  private final SessionConnections held;
  private final SessionReads reads;

  RoutedSession(Routes routes, StatementRouting routing, SessionInfo info) {
    this.routes = routes;
    this.routing = routing;
    this.held = new SessionConnections(routes);
    this.reads = new SessionReads(routes, routing, info, state, held);
  }

  Routes routes() {
    return routes;
  }

  SessionSettings settings() {
    return state.settings();
  }

  boolean isAutoCommit() {
    return state.isAutoCommit();
  }

  boolean isReadOnly() {
    return state.isReadOnly();
  }

  /** Whether all statements go to one session on the primary, because it was changed. */
  private boolean isPinned() {
    PhysicalConnection writing = held.writer();
    return writing != null && writing.isKept();
  }

  private boolean isOnReplicas() {
    return state.isReadOnly() && !isPinned() && !state.isSerializable();
  }

  /** Whether a statement would go to the primary now, regardless of its parameters. */
  boolean goesToPrimary(RoutedStatement statement, String sql) {
    return isPinned()
        || (!state.isReadOnly()
            && (!state.isAutoCommit()
                || !mayUseReplica(statement)
                || routing.classify(sql).kind() != StatementKind.READ));
  }

  /** Whether a statement may run on a replica if its text allows it. */
  private boolean mayUseReplica(RoutedStatement statement) {
    return !state.isSerializable() && !statement.isUpdatable() && !statement.isBoundForGood();
  }

  /**
   * Whether a read-only connection uses the primary: a replica cannot run the statement, or the
   * transaction is on the primary.
   */
  private boolean readsOnPrimary(String sql) throws SQLException {
    PhysicalConnection inTransaction = transaction();
    if (inTransaction != null) {
      return inTransaction.equals(held.writer());
    }
    if (routing.asksForSerializable(sql)) {
      writer().keep();
    }
    return isPinned() || state.isSerializable() || routing.isRefusedByReplicas(sql);
  }

  <R extends @Nullable Object> R run(RoutedStatement statement, String sql, Work<R> work)
      throws SQLException {
    state.checkNotLost();
    if (isPinned()) {
      return write(statement, work);
    }
    SessionEffect effect = routing.effect(sql);
    boolean changesSession = effect == SessionEffect.SESSION;
    state.runs(effect);
    if (state.isReadOnly() && !readsOnPrimary(sql)) {
      return reads.run(statement, sql, work, changesSession, () -> write(statement, work));
    }
    if (state.isReadOnly()) {
      if (changesSession) {
        writer().keep();
      }
      return write(statement, work);
    }
    Classification classification = routing.classify(sql);
    routing.decided(classification);
    if (changesSession || classification.kind() == StatementKind.SESSION) {
      writer().keep();
    } else if (state.isAutoCommit()
        && classification.kind() == StatementKind.READ
        && mayUseReplica(statement)) {
      return reads.run(statement, sql, work, false, () -> write(statement, work));
    }
    return write(statement, work);
  }

  // ---- writes

  private <R extends @Nullable Object> R write(RoutedStatement statement, Work<R> work)
      throws SQLException {
    PhysicalConnection physical = writer();
    try {
      return on(physical, statement, work);
    } finally {
      if (state.isAutoCommit()) {
        reads.wrote(physical);
      }
    }
  }

  private <R extends @Nullable Object> R on(
      PhysicalConnection physical, RoutedStatement statement, Work<R> work) throws SQLException {
    try {
      state.prepare(physical);
      return work.on(bound(statement, physical));
    } catch (SQLException e) {
      held.failed(physical, e, state);
      throw e;
    }
  }

  private static Statement bound(RoutedStatement statement, PhysicalConnection physical)
      throws SQLException {
    return statement.isBoundTo(physical) ? statement.delegate() : statement.bind(physical);
  }

  /** Runs a batch that a real statement has collected. */
  <R> R runBatch(RoutedStatement statement, Work<R> work) throws SQLException {
    state.checkNotLost();
    state.runsUnknown(); // the batch is not parsed here
    if (isOnReplicas()) {
      return on(current(), statement, work);
    }
    return write(statement, work);
  }

  /** The real statement on the connection for statements that are not separate reads. */
  Statement bindToCurrent(RoutedStatement statement) throws SQLException {
    PhysicalConnection physical = current();
    physical.settle(state.settings());
    return bound(statement, physical);
  }

  /** Like {@link #bindToCurrent}, for a text that is run there in a batch. */
  Statement bindForBatch(RoutedStatement statement, String sql) throws SQLException {
    PhysicalConnection physical = current();
    if (routing.effect(sql) == SessionEffect.SESSION) {
      physical.keep();
    }
    return bindToCurrent(statement);
  }

  private PhysicalConnection writer() throws SQLException {
    PhysicalConnection writing = held.writer();
    if (writing != null) {
      return writing;
    }
    PhysicalConnection reading = held.onPrimary();
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

  /** Fails if the transaction or session was lost. */
  void checkNotLost() throws SQLException {
    state.checkNotLost();
  }

  void releaseIfIdle(PhysicalConnection physical) {
    held.releaseIfIdle(physical);
  }

  static SQLException asSql(RoutingException e) {
    String state =
        switch (e.category()) {
          case UNAVAILABLE -> "08001";
          case OVERLOADED -> "53300";
          case TOO_SLOW -> "57014";
        };
    return new SQLTransientConnectionException(e.getMessage(), state, e);
  }

  /**
   * The connection for statements that are not separate reads: the transaction's, if there is one.
   */
  private PhysicalConnection current() throws SQLException {
    PhysicalConnection inTransaction = transaction();
    if (inTransaction != null) {
      return inTransaction;
    }
    return isOnReplicas() ? reads.connection() : writer();
  }

  /** One physical connection, kept from now on; in a transaction if autocommit is off. */
  Connection keepOne() throws SQLException {
    PhysicalConnection physical = current();
    physical.keep();
    state.prepare(physical);
    reads.wrote(physical);
    return physical.connection();
  }

  /** Runs work that needs a physical connection, but no particular one. */
  <R> R anyNode(SqlWork<R, SQLException> work) throws SQLException {
    PhysicalConnection physical = held.any();
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
  PhysicalConnection useForMetadata() throws SQLException {
    boolean primary = transaction() == null && routes.nodes().view().primaryIsUp();
    PhysicalConnection physical = primary ? writer() : current();
    physical.use();
    return physical;
  }

  /** The connection for a call, in use until {@link #done}. */
  PhysicalConnection useForCall() throws SQLException {
    state.checkNotLost();
    PhysicalConnection physical = current();
    physical.use();
    return physical;
  }

  void done(PhysicalConnection physical) {
    physical.unuse();
    releaseIfIdle(physical);
  }

  /** Runs a call on a connection in use. */
  <R extends @Nullable Object> R ask(PhysicalConnection physical, Called<R> called)
      throws SQLException {
    try {
      physical.settle(state.settings());
      return called.run();
    } catch (SQLException e) {
      held.failed(physical, e, state);
      throw e;
    }
  }

  /** Runs a call that may write on a connection in use, in a transaction if autocommit is off. */
  <R extends @Nullable Object> R call(PhysicalConnection physical, Called<R> called)
      throws SQLException {
    state.checkNotLost();
    if (physical.isGivenUp()) {
      throw new SQLException("the connection of this call was lost; prepare it again", "26000");
    }
    try {
      state.prepare(physical);
      return ask(physical, called);
    } finally {
      if (state.isAutoCommit()) {
        reads.wrote(physical);
      }
    }
  }

  /** A call to run. */
  @FunctionalInterface
  interface Called<R extends @Nullable Object> {
    R run() throws SQLException;
  }

  @Nullable PhysicalConnection transaction() {
    return held.transaction();
  }

  void setAutoCommit(boolean on) throws SQLException {
    if (on == state.isAutoCommit()) {
      return;
    }
    if (on) {
      state.lostTransactionEnds();
      commit();
      for (PhysicalConnection physical : held.all()) {
        physical.raw().setAutoCommit(true);
      }
    }
    state.setAutoCommit(on);
  }

  void readOnlyIs(boolean on) throws SQLException {
    state.setReadOnly(on);
    for (PhysicalConnection physical : held.all()) {
      if (physical.lease().mayWrite()) {
        physical.raw().setReadOnly(on);
      }
    }
  }

  /** The transaction's connection; begins the transaction if necessary. */
  Connection inTransaction() throws SQLException {
    state.checkNotLost();
    state.runsUnknown(); // a savepoint
    PhysicalConnection physical = current();
    state.prepare(physical);
    return physical.raw();
  }

  /** Commits or rolls back a transaction. */
  @FunctionalInterface
  private interface Ending {
    void end(Connection connection) throws SQLException;
  }

  void commit() throws SQLException {
    PhysicalConnection physical = transaction();
    try {
      end(Connection::commit, physical == null || !physical.lease().mayWrite());
    } finally {
      if (physical != null) {
        reads.wrote(physical);
      }
    }
  }

  void rollback() throws SQLException {
    state.lostTransactionEnds();
    end(Connection::rollback, true);
  }

  /**
   * @param endsWithItsConnection whether a lost connection ends the transaction in the same way: it
   *     is rolled back, or had nothing to commit
   */
  private void end(Ending ending, boolean endsWithItsConnection) throws SQLException {
    state.transactionEnds();
    for (PhysicalConnection physical : held.all()) {
      if (physical.inTransaction()) {
        try {
          ending.end(physical.raw());
          physical.end();
        } catch (SQLException e) {
          held.failed(physical, e, state);
          if (!endsWithItsConnection || SqlFailure.of(e) != SqlFailure.CONNECTION_LOST) {
            throw e;
          }
          state.lostTransactionEnds();
        }
        releaseIfIdle(physical);
      }
    }
  }

  /** The value that the driver reports for a connection with these settings. */
  <R> R currentSetting(SqlWork<R, SQLException> question) throws SQLException {
    PhysicalConnection any = held.any();
    PhysicalConnection physical = any == null ? reads.anyConnection() : any;
    try {
      physical.settle(state.settings());
      return question.run(physical.raw());
    } finally {
      releaseIfIdle(physical);
    }
  }

  /** A position that a node must reach to show everything committed here. */
  Position position() {
    return reads.position();
  }

  /** Called when the consistency required of reads has changed. */
  void readsChanged() {
    held.readsChanged();
  }

  List<PhysicalConnection> held() {
    return held.all();
  }

  void close() {
    held.close();
  }

  void abort(Executor executor) throws SQLException {
    held.abort(executor);
  }
}
