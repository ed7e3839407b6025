package dev.tideline.engine.database;

import org.flywaydb.core.Flyway;

/** The shop's tables. Migrations only go forward, and each works with the release before it. */
public final class Schema {

  private Schema() {}

  /**
   * Brings a database up to this release; several instances may do so at once.
   *
   * @return how many migrations were applied
   */
  public static int migrate(String jdbcUrl, String user, String password) {
    return Flyway.configure()
        .dataSource(jdbcUrl, user, password)
        .locations("classpath:dev/tideline/engine/database")
        .load()
        .migrate()
        .migrationsExecuted;
  }
}
