package dev.tideline.routing;

import com.zaxxer.hikari.HikariDataSource;
import dev.tideline.embedded.TestDatabase;
import dev.tideline.embedded.postgres.Credentials;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract as the driver itself and a plain pool keep it. */
final class PlainJdbcIT extends JdbcContract {

  private static TestDatabase database;
  private static HikariDataSource pool;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.create(0);
    pool = new HikariDataSource();
    pool.setJdbcUrl(database.url(0));
    pool.setSchema("public"); // or it would not take setSchema back
    pool.setUsername(Credentials.APPLICATION);
    pool.setPassword(database.password());
  }

  @AfterAll
  static void stop() {
    pool.close();
    database.close();
  }

  @Override
  void settle() {
    // one database: what was committed is there
  }

  @Override
  DataSource source() {
    return pool;
  }
}
