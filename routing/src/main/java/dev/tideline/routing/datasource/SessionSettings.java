package dev.tideline.routing.datasource;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What a caller has set on a routed connection, for each physical connection that it gets. */
final class SessionSettings {

  /** A setting that each physical connection gets; it is reset when the connection is returned. */
  @FunctionalInterface
  interface Setting {
    void setOn(Connection connection) throws SQLException;
  }

  private static final Set<Integer> LEVELS =
      Set.of(
          Connection.TRANSACTION_READ_UNCOMMITTED,
          Connection.TRANSACTION_READ_COMMITTED,
          Connection.TRANSACTION_REPEATABLE_READ,
          Connection.TRANSACTION_SERIALIZABLE);

  private final Map<String, Setting> settings = new LinkedHashMap<>(0);
  private int isolation = Connection.TRANSACTION_NONE;
  private int version;

  void put(String name, Setting setting) {
    settings.put(name, setting);
    version++;
  }

  /** Increases with each change; 0 while nothing was set. */
  int version() {
    return version;
  }

  /** {@link Connection#TRANSACTION_NONE} while nothing was set. */
  int isolation() {
    return isolation;
  }

  void isolationIs(int level) throws SQLException {
    if (!LEVELS.contains(level)) {
      throw new SQLException("no such transaction isolation level: " + level, "22023");
    }
    isolation = level;
    version++;
  }

  /**
   * @param inTransaction whether a transaction is in progress; its isolation was set before and
   *     stays
   */
  void applyTo(Connection connection, boolean inTransaction) throws SQLException {
    for (Setting setting : settings.values()) {
      setting.setOn(connection);
    }
    if (isolation != Connection.TRANSACTION_NONE && !inTransaction) {
      connection.setTransactionIsolation(isolation);
    }
  }
}
