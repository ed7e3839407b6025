package dev.tideline.routing.datasource;

import dev.tideline.routing.node.Lease;
import dev.tideline.routing.node.Node;
import java.sql.Connection;
import java.sql.SQLException;

/** A physical connection that a routed connection currently holds. Used by one thread at a time. */
final class PhysicalConnection {

  private final Lease lease;
  private Connection connection;
  private int users;
  private int settingsVersion;
  private boolean inTransaction;
  private boolean kept;
  private boolean given;

  /**
   * @param connection the lease's connection, or one that wraps it
   */
  PhysicalConnection(Lease lease, Connection connection) {
    this.lease = lease;
    this.connection = connection;
  }

  Node node() {
    return lease.node();
  }

  Lease lease() {
    return lease;
  }

  /** The connection for the caller's statements. */
  Connection connection() {
    return connection;
  }

  /** The connection for the router's own statements. */
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

  /** Begins a transaction if none is in progress. */
  void begin() throws SQLException {
    if (!inTransaction) {
      raw().setAutoCommit(false);
      inTransaction = true;
    }
  }

  void end() {
    inTransaction = false;
  }

  /** Keeps its session for the caller until the routed connection is closed. */
  void keep() {
    kept = true;
  }

  boolean isKept() {
    return kept;
  }

  /** Marks it as unusable for new statements; its session is lost. */
  void giveUp() {
    kept = false;
    inTransaction = false;
    given = true;
  }

  /** Whether it is no longer usable for new statements. */
  boolean isGivenUp() {
    return given;
  }

  /** Makes a connection that was held for reading one for writing. */
  void writes() {
    lease.writes();
    connection = lease.watched();
  }

  /** Applies the caller's settings if they have changed since the last time. */
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
