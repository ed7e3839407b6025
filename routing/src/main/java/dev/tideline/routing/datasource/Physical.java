package dev.tideline.routing.datasource;

import dev.tideline.routing.node.Lease;
import dev.tideline.routing.node.Node;
import java.sql.Connection;
import java.sql.SQLException;

/** A real connection that a routed one holds for now. Used by one thread at a time. */
final class Physical {

  private final Lease lease;
  private Connection connection;
  private int users;
  private int settingsVersion;
  private boolean inTransaction;
  private boolean kept;
  private boolean given;

  /**
   * @param connection the lease's, or one that leads to it
   */
  Physical(Lease lease, Connection connection) {
    this.lease = lease;
    this.connection = connection;
  }

  Node node() {
    return lease.node();
  }

  Lease lease() {
    return lease;
  }

  /** For the caller's statements. */
  Connection connection() {
    return connection;
  }

  /** For the router's own. */
  Connection raw() {
    return lease.connection();
  }

  void use() {
    users++;
  }

  void unuse() {
    users--;
  }

  boolean isIdle() {
    return users == 0 && !inTransaction && !kept;
  }

  boolean inTransaction() {
    return inTransaction;
  }

  /** Begins a transaction if none is under way. */
  void begin() throws SQLException {
    if (!inTransaction) {
      raw().setAutoCommit(false);
      inTransaction = true;
    }
  }

  void end() {
    inTransaction = false;
  }

  /** Its session is the caller's, to the end. */
  void keep() {
    kept = true;
  }

  boolean isKept() {
    return kept;
  }

  /** The session is lost. */
  void giveUp() {
    kept = false;
    inTransaction = false;
    given = true;
  }

  /** Whether it is still of use for new statements. */
  boolean isGivenUp() {
    return given;
  }

  /** What was held for reading is held for writing from now on. */
  void writes() {
    lease.writes();
    connection = lease.watched();
  }

  /** Applies the caller's settings if they have changed since. */
  void settle(SessionSettings settings) throws SQLException {
    if (settingsVersion != settings.version()) {
      settings.applyTo(lease.watched(), inTransaction);
      settingsVersion = settings.version();
    }
  }

  void release() {
    lease.close();
  }
}
