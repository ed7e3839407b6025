package dev.tideline.routing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a caller has set on a routed connection, for each real one that it gets. */
final class SessionSettings {

  /** A setting that each real connection gets; the pool takes it back. */
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
  private boolean unreset;
  private @Nullable String resetSql;
  private int isolation = Connection.TRANSACTION_NONE;

  void put(String name, Setting setting) {
    settings.put(name, setting);
  }

  /** One of them is not taken back by the pool, so its connections cannot be given to others. */
  void unreset() {
    unreset = true;
  }

  /** One of them is not taken back by the pool, but by this statement. */
  void resetBy(String sql) {
    resetSql = sql;
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
  }

  void applyTo(Physical physical) throws SQLException {
    Connection connection = physical.connection();
    if (unreset) {
      physical.spoil();
    }
    if (resetSql != null) {
      physical.resetBy(resetSql);
    }
    for (Setting setting : settings.values()) {
      setting.setOn(connection);
    }
    if (isolation != Connection.TRANSACTION_NONE) {
      connection.setTransactionIsolation(isolation);
    }
  }
}
