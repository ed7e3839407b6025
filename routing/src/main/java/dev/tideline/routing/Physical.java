package dev.tideline.routing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A real connection that a routed one holds for now. Used by one thread at a time. */
final class Physical {

  private final Lease lease;
  private final Connection connection;
  private int users;
  private boolean inTransaction;
  private boolean released;
  private @Nullable String resetSql;

  Physical(Lease lease, Connection connection) {
    this.lease = lease;
    this.connection = connection;
  }

  Node node() {
    return lease.node();
  }

  Connection connection() {
    return connection;
  }

  void use() {
    users++;
  }

  void unuse() {
    users--;
  }

  boolean isIdle() {
    return users == 0 && !inTransaction;
  }

  boolean inTransaction() {
    return inTransaction;
  }

  void begin() {
    inTransaction = true;
  }

  void end() {
    inTransaction = false;
  }

  boolean isReleased() {
    return released;
  }

  /** The session has state that others must not find. */
  void spoil() {
    lease.discardConnection();
  }

  /** The session is itself again after this statement. */
  void resetBy(String sql) {
    resetSql = sql;
  }

  void release() throws SQLException {
    if (released) {
      return;
    }
    released = true;
    if (resetSql != null) {
      reset(resetSql);
    }
    lease.close();
  }

  private void reset(String sql) {
    try (Statement statement = connection.createStatement()) {
      if (!connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      statement.execute(sql);
    } catch (SQLException e) {
      lease.discardConnection();
    }
  }
}
