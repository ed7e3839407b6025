package dev.tideline.engine.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.flywaydb.core.Flyway;

/** The shop's tables. Migrations only go forward, and each works with the release before it. */
public final class Schema {

  /** The latest migration, {@code V5__...}; a test compares it with the files. */
  static final int VERSION = 10;

  private Schema() {}

  /**
   * Brings a database up to this release; several instances may do so at once.
   *
   * @return how many migrations were applied
   */
  public static int migrate(String jdbcUrl, String user, String password) {
    if (isCurrent(jdbcUrl, user, password)) {
      return 0; // Flyway costs a starting instance half a second
    }
    return Flyway.configure()
        .dataSource(jdbcUrl, user, password)
        .locations("classpath:dev/tideline/engine/database")
        .load()
        .migrate()
        .migrationsExecuted;
  }

  private static boolean isCurrent(String jdbcUrl, String user, String password) {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", "2");
    properties.setProperty("socketTimeout", "5");
    properties.setProperty("options", "-c statement_timeout=4s"); // what nobody waits for ends
    try (Connection connection = DriverManager.getConnection(jdbcUrl, properties);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT EXISTS (SELECT FROM flyway_schema_history WHERE success AND version = '"
                    + VERSION
                    + "')")) {
      return row.next() && row.getBoolean(1);
    } catch (SQLException e) {
      return false; // no history yet, or no database: Flyway finds out and reports it
    }
  }
}
