package dev.tideline.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.routing.node.RoutingException;
import dev.tideline.routing.route.RoutingListener;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * Changes sessions in every way, over pools of one connection to each node, and looks whether the
 * next borrower finds anything of it.
 */
final class SessionLeaks implements AutoCloseable {

  /** What may change a session; some of it fails on a replica, or in a transaction. */
  static final List<String> CHANGES =
      List.of(
          "SET app.tenant = 'x'",
          "SET SESSION work_mem = '1MB'",
          "SET ROLE tenant",
          "SET SESSION AUTHORIZATION DEFAULT",
          "SET search_path = 'pg_catalog'",
          "SET synchronous_commit = off",
          "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
          "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
          "SET LOCAL app.tenant = 'x'",
          "SELECT set_config('app.tenant', 'x', false)",
          "SELECT set_config('app.tenant', 'x', true)",
          "SELECT pg_advisory_lock(42)",
          "SELECT pg_try_advisory_lock_shared(42)",
          "SELECT DISTINCT ON (1) pg_advisory_lock(42)",
          "LISTEN channel",
          "PREPARE prepared AS SELECT 1",
          "DECLARE kept CURSOR WITH HOLD FOR SELECT 1",
          "CREATE TEMP TABLE one (i int)",
          "CREATE TEMP TABLE two AS SELECT 1 AS i",
          "CREATE TABLE pg_temp.three (i int)",
          "SELECT 1 AS i INTO TEMP four",
          "CREATE TEMP VIEW five AS SELECT 1 AS i",
          "DO $$ BEGIN PERFORM set_config('app.tenant', 'x', false); END $$",
          "DO $$ BEGIN EXECUTE 'CREATE TEMP TABLE six (i int)'; END $$",
          "UPDATE things SET name = 'y'; SELECT set_config('app.tenant', 'x', false)",
          "SELECT 1; SET app.tenant = 'x'",
          "SELECT change_tenant()",
          "SELECT change_tenant_quietly()",
          "SELECT changing FROM changing_view",
          "INSERT INTO triggered VALUES (1)",
          "INSERT INTO parents VALUES (1) ON CONFLICT DO NOTHING",
          "DELETE FROM parents",
          "CALL change_and_commit()",
          "INSERT INTO things (name) VALUES ('plain')",
          "SELECT nonsense",
          "SELECT count(*) FROM things");

  private static final String OBJECTS =
      """
      DROP TABLE IF EXISTS triggered, children, parents CASCADE;
      DROP VIEW IF EXISTS changing_view;
      DO $$ BEGIN CREATE ROLE tenant; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
      CREATE OR REPLACE FUNCTION change_tenant() RETURNS text LANGUAGE plpgsql
        AS $$ BEGIN RETURN set_config('app.tenant', 'x', false); END $$;
      CREATE OR REPLACE FUNCTION change_tenant_quietly() RETURNS text LANGUAGE plpgsql STABLE
        AS $$ BEGIN SET app.tenant = 'x'; RETURN 'x'; END $$;
      CREATE OR REPLACE FUNCTION change_by_trigger() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN PERFORM change_tenant(); RETURN NULL; END $$;
      CREATE OR REPLACE PROCEDURE change_and_commit() LANGUAGE plpgsql
        AS $$ BEGIN COMMIT; PERFORM pg_advisory_lock(43); END $$;
      CREATE VIEW changing_view AS SELECT change_tenant() AS changing;
      CREATE TABLE triggered (i int);
      CREATE TRIGGER changing AFTER INSERT ON triggered EXECUTE FUNCTION change_by_trigger();
      CREATE TABLE parents (i int PRIMARY KEY);
      CREATE TABLE children (i int REFERENCES parents ON DELETE CASCADE);
      CREATE TRIGGER changing AFTER DELETE ON children EXECUTE FUNCTION change_by_trigger();
      """;

  /** All that lasts in a session, but the last values of sequences. */
  private static final String STATE =
      """
      SELECT concat_ws(E'\\n', current_user, session_user,
        (SELECT string_agg(name || '=' || setting, ',' ORDER BY name) FROM pg_settings WHERE source = 'session'),
        current_setting('transaction_isolation'), current_setting('default_transaction_read_only'),
        (SELECT string_agg(objid::text, ',' ORDER BY objid) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
        (SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relnamespace = pg_my_temp_schema()),
        (SELECT string_agg(name, ',' ORDER BY name) FROM pg_cursors WHERE is_holdable),
        (SELECT string_agg(name, ',' ORDER BY name) FROM pg_prepared_statements WHERE from_sql),
        (SELECT string_agg(channel, ',' ORDER BY channel) FROM pg_listening_channels() AS channel))\
      """;

  /** A way to run a text. */
  private interface Way {
    void run(SessionLeaks leaks, String sql) throws SQLException;
  }

  private static final List<Way> WAYS =
      List.of(
          (leaks, sql) -> leaks.onConnection(true, false, sql, SessionLeaks::execute),
          (leaks, sql) -> leaks.onConnection(true, true, sql, SessionLeaks::execute),
          (leaks, sql) -> leaks.onConnection(false, false, sql, SessionLeaks::execute),
          (leaks, sql) -> leaks.onConnection(false, true, sql, SessionLeaks::execute),
          (leaks, sql) -> leaks.onConnection(true, false, sql, SessionLeaks::batch),
          (leaks, sql) -> leaks.onConnection(false, true, sql, SessionLeaks::batch),
          (leaks, sql) -> leaks.onConnection(true, false, sql, SessionLeaks::prepared),
          (leaks, sql) -> leaks.onConnection(true, true, sql, SessionLeaks::prepared),
          (leaks, sql) -> leaks.onConnection(false, false, sql, SessionLeaks::called),
          (leaks, sql) -> leaks.onConnection(true, false, sql, SessionLeaks::unwrapped),
          (leaks, sql) -> leaks.onConnection(true, true, sql, SessionLeaks::behindMetaData),
          (leaks, sql) -> leaks.onConnection(true, false, sql, SessionLeaks::behindAResult),
          (leaks, sql) -> leaks.router.read(connection -> execute(connection, sql)),
          (leaks, sql) -> leaks.router.write(connection -> execute(connection, sql)),
          (leaks, sql) -> leaks.router.write(connection -> behindAResult(connection, sql)),
          (leaks, sql) -> leaks.router.write(connection -> behindMetaData(connection, sql)),
          (leaks, sql) -> leaks.router.writeForPosition(connection -> prepared(connection, sql)));

  private final ReadWriteRouter router;
  private final DataSource source;
  private final List<String> fresh;

  SessionLeaks(TestCluster cluster) throws Exception {
    cluster.run(0, OBJECTS);
    cluster.run(
        0,
        "GRANT tenant TO %s; GRANT ALL ON triggered, parents, children, changing_view TO PUBLIC"
            .formatted(Credentials.APPLICATION));
    cluster.settle();
    RouterConfig config = cluster.config();
    RouterConfig one =
        RouterConfig.of(
            config.primary(), config.replicas().subList(0, 1), config.user(), config.password());
    router = cluster.open(one.withPoolSize(1), RoutingListener.NONE);
    source = router.dataSource();
    fresh = states();
  }

  ReadWriteRouter router() {
    return router;
  }

  /** Runs every change in some ways, others for each, and looks after each. */
  void someWays(int ways) throws SQLException {
    for (int change = 0; change < CHANGES.size(); change++) {
      for (int i = 0; i < ways; i++) {
        int way = (change + i * (WAYS.size() / ways)) % WAYS.size();
        run(WAYS.get(way), CHANGES.get(change));
        assertClean("way " + way + ": " + CHANGES.get(change));
      }
    }
  }

  /** Runs every change in every way. */
  void everyWay() throws SQLException {
    someWays(WAYS.size());
  }

  /** Runs some changes, each in some way, and looks after all of them. */
  void atRandom(long seed) throws SQLException {
    Random random = new Random(seed);
    List<String> ran = new ArrayList<>();
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      String sql = CHANGES.get(random.nextInt(CHANGES.size()));
      ran.add(sql);
      run(WAYS.get(random.nextInt(WAYS.size())), sql);
    }
    assertClean("seed " + seed + ": " + ran);
  }

  private void run(Way way, String sql) {
    try {
      way.run(this, sql);
    } catch (SQLException | RoutingException e) {
      // it cannot be done there: what was done before it counts all the same
    }
  }

  private void assertClean(String after) throws SQLException {
    assertThat(states()).as(after).isEqualTo(fresh);
  }

  private List<String> states() throws SQLException {
    return List.of(
        router.<String, RuntimeException>write(SessionLeaks::state),
        router.<String, RuntimeException>read(SessionLeaks::state));
  }

  private static String state(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(STATE)) {
      row.next();
      return row.getString(1);
    }
  }

  /** Runs a text on a connection. */
  private interface Run {
    boolean on(Connection connection, String sql) throws SQLException;
  }

  private void onConnection(boolean autoCommit, boolean readOnly, String sql, Run run)
      throws SQLException {
    try (Connection connection = source.getConnection()) {
      connection.setReadOnly(readOnly);
      connection.setAutoCommit(autoCommit);
      run.on(connection, sql);
      if (!autoCommit) {
        connection.commit();
      }
    }
  }

  private static boolean execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.execute(sql);
    }
  }

  private static boolean batch(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.addBatch(sql);
      return statement.executeBatch().length > 0;
    }
  }

  private static boolean prepared(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return statement.execute();
    }
  }

  private static boolean called(Connection connection, String sql) throws SQLException {
    try (CallableStatement statement = connection.prepareCall(sql)) {
      return statement.execute();
    }
  }

  private static boolean unwrapped(Connection connection, String sql) throws SQLException {
    return execute((Connection) connection.unwrap(PGConnection.class), sql);
  }

  private static boolean behindMetaData(Connection connection, String sql) throws SQLException {
    return execute(connection.getMetaData().getConnection(), sql);
  }

  private static boolean behindAResult(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT 1")) {
      return execute(row.getStatement().getConnection(), sql);
    }
  }

  @Override
  public void close() {
    router.close();
  }
}
