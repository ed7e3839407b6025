package dev.tideline.routing.datasource;

import dev.tideline.routing.sql.SessionEffect;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The modes that the caller has set on a routed connection, and what its transaction and its
 * session depend on. Used by one thread at a time.
 */
final class SessionState {

  private final SessionSettings settings = new SessionSettings();
  private boolean autoCommit = true;
  private boolean readOnly;
  private boolean transactionLost;

  /** Whether the transaction has state that ends with it: a setting, a cursor, a savepoint. */
  private boolean transactionHasState;

  private boolean sessionLost;

  SessionSettings settings() {
    return settings;
  }

  boolean isAutoCommit() {
    return autoCommit;
  }

  void setAutoCommit(boolean on) {
    autoCommit = on;
  }

  boolean isReadOnly() {
    return readOnly;
  }

  void setReadOnly(boolean on) {
    readOnly = on;
  }

  /** Replicas do not support SERIALIZABLE transactions. */
  boolean isSerializable() {
    return settings.isolation() == Connection.TRANSACTION_SERIALIZABLE;
  }

  /** Records the effect of a statement that is about to run. */
  void runs(SessionEffect effect) {
    if (effect != SessionEffect.NONE) {
      transactionHasState |= !autoCommit;
    }
  }

  /** Records a statement of the transaction whose effect is not known, or a savepoint. */
  void runsUnknown() {
    transactionHasState |= !autoCommit;
  }

  void transactionEnds() {
    transactionHasState = false;
  }

  /**
   * Whether a read-only transaction may continue after it loses its replica: only if each of its
   * statements sees what is committed when the statement begins, and the transaction has no state
   * that ends with it.
   */
  boolean mayContinueElsewhere() {
    boolean seesEachCommit =
        switch (settings.isolation()) {
          case Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE -> false;
          default -> true;
        };
    return seesEachCommit && !transactionHasState;
  }

  /** Applies the settings to a connection, and begins a transaction if autocommit is off. */
  void prepare(PhysicalConnection physical) throws SQLException {
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

  /** Records that a connection was lost, and with it what was in progress there. */
  void lost(PhysicalConnection physical) {
    transactionLost = physical.inTransaction();
    sessionLost |= physical.isKept();
  }

  /** Called when the caller has rolled the lost transaction back, or had nothing to commit. */
  void lostTransactionEnds() {
    transactionLost = false;
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
}
