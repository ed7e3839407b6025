package dev.tideline.embedded.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.sun.security.auth.module.UnixSystem;
import dev.tideline.embedded.TestDatabases;
import dev.tideline.embedded.process.ServerUser;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PostgresClusterIT {

  private static final Duration LONG = Duration.ofSeconds(60);

  private static String query(PostgresCluster cluster, int server, String sql) throws SQLException {
    try (Connection connection = cluster.connectAsAdmin(server);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }

  private static void execute(PostgresCluster cluster, String sql) throws SQLException {
    try (Connection connection = cluster.connectAsAdmin(0);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void replicates(TestDatabases databases) throws Exception {
    PostgresCluster cluster = databases.postgres();
    cluster.startPrimary();
    execute(cluster, "CREATE TABLE t AS SELECT generate_series(1, 1000) AS n");
    cluster.startReplicas();
    assertThat(query(cluster, 1, "SELECT count(*) FROM t")).isEqualTo("1000");
    assertThat(query(cluster, 1, "SELECT pg_is_in_recovery()")).isEqualTo("t");
    execute(cluster, "INSERT INTO t VALUES (1001)");
    await()
        .atMost(LONG)
        .untilAsserted(
            () -> assertThat(query(cluster, 1, "SELECT count(*) FROM t")).isEqualTo("1001"));
  }

  @Test
  void start_asWhoeverRunsTheTest_replicates() throws Exception {
    try (TestDatabases databases = TestDatabases.prepare(1, ServerUser.detect())) {
      replicates(databases);
      assertThat(query(databases.postgres(), 0, "SHOW fsync")).isEqualTo("on");
      assertThat(query(databases.postgres(), 0, "SHOW synchronous_commit")).isEqualTo("on");
    }
  }

  @Test
  void start_rootWithoutUserNamespaces_replicatesAsNobody() throws Exception {
    assumeThat(new UnixSystem().getUid()).as("only root has to become another").isZero();
    try (TestDatabases databases = TestDatabases.prepare(1, ServerUser.nobody())) {
      replicates(databases);
    }
  }

  @Test
  void kill_primaryAndReplica_bothComeBackWithWhatWasCommitted() throws Exception {
    try (TestDatabases databases = TestDatabases.start(1)) {
      PostgresCluster cluster = databases.postgres();
      execute(cluster, "CREATE TABLE t (n int)");
      execute(cluster, "INSERT INTO t VALUES (7)");
      databases.kill("primary");
      databases.kill("replica-1");
      await()
          .atMost(LONG)
          .ignoreExceptions()
          .untilAsserted(() -> {
            assertThat(query(cluster, 0, "SELECT n FROM t")).isEqualTo("7");
            assertThat(query(cluster, 1, "SELECT n FROM t")).isEqualTo("7");
            assertThat(query(cluster, 0, "SELECT count(*) FROM pg_stat_replication"))
                .isEqualTo("1");
          });
    }
  }

  @Test
  void startReplicas_slotWasLost_copiesTheReplicaAnew() throws Exception {
    try (TestDatabases databases = TestDatabases.start(1)) {
      PostgresCluster cluster = databases.postgres();
      cluster.close();
      cluster.startPrimary();
      execute(cluster, "SELECT pg_drop_replication_slot('replica_1')");
      execute(cluster, "CREATE TABLE since (n int)");
      cluster.startReplicas();
      assertThat(query(cluster, 1, "SELECT count(*) FROM since")).isEqualTo("0");
      assertThat(query(cluster, 0, "SELECT active FROM pg_replication_slots")).isEqualTo("t");
    }
  }
}
