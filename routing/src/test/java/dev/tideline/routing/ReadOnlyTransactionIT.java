package dev.tideline.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tideline.routing.node.NodeState;
import dev.tideline.routing.route.RoutingListener;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions that lose their connection to a replica, as frameworks run them. */
final class ReadOnlyTransactionIT {

  private static TestCluster cluster;
  private static ReadWriteRouter router;
  private Connection connection;

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(1);
    router = cluster.open(ReplicaFaultsIT.strict(cluster.config()), RoutingListener.NONE);
  }

  @AfterAll
  static void stop() {
    router.close();
    cluster.close();
  }

  @BeforeEach
  void begin() throws SQLException {
    await()
        .atMost(TestCluster.LONG)
        .until(() -> router.nodes().stream().allMatch(node -> node.state() == NodeState.UP));
    connection = router.dataSource().getConnection();
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
  }

  @AfterEach
  void end() throws SQLException {
    connection.close();
  }

  private int node() throws SQLException {
    return TestCluster.number(connection, TestCluster.NODE);
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Ends the session of the transaction, as the death of its server would. */
  private void loseSession(int node) throws Exception {
    int pid = TestCluster.number(connection, "SELECT pg_backend_pid()");
    cluster.run(node, "SELECT pg_terminate_backend(" + pid + ", 10000)");
  }

  @Test
  void replicaIsLost_betweenTwoReads_theRestRunsOnThePrimary() throws Exception {
    assertThat(node()).isEqualTo(cluster.port(1));
    loseSession(1);
    assertThat(node()).isEqualTo(cluster.port(0));
    assertThat(node()).as("and stays there").isEqualTo(cluster.port(0));
    assertThatThrownBy(() -> execute("CREATE TABLE never (id int)"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("read-only");
    connection.rollback();
    await()
        .atMost(TestCluster.LONG)
        .until(() -> {
          int where = node();
          connection.commit();
          return where == cluster.port(1);
        });
  }

  @Test
  void replicaIsLost_beforeCommit_nothingIs() throws Exception {
    assertThat(node()).isEqualTo(cluster.port(1));
    loseSession(1);
    connection.commit();
    assertThat(node()).isPositive();
    connection.commit();
  }

  @Test
  void replicaIsLost_beforeRollback_itIsRolledBack() throws Exception {
    assertThat(node()).isEqualTo(cluster.port(1));
    loseSession(1);
    connection.rollback();
    assertThat(node()).isPositive();
    connection.commit();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET LOCAL work_mem = '8MB'",
        "DECLARE c CURSOR FOR SELECT 1",
        "savepoint",
        "batch of SET LOCAL"
      })
  void replicaIsLost_withWhatTheTransactionHadSet_isAnError(String state) throws Exception {
    assertThat(node()).isEqualTo(cluster.port(1));
    if (state.equals("savepoint")) {
      connection.setSavepoint();
    } else if (state.startsWith("batch")) {
      try (Statement statement = connection.createStatement()) {
        statement.addBatch("SET LOCAL work_mem = '8MB'");
        statement.executeBatch();
      }
    } else {
      execute(state);
    }
    isAnError();
  }

  @Test
  void replicaIsLost_underOneSnapshot_isAnError() throws Exception {
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    assertThat(node()).isEqualTo(cluster.port(1));
    isAnError();
  }

  /** The transaction cannot go on, and says so until it is rolled back. */
  private void isAnError() throws Exception {
    loseSession(1);
    assertThatThrownBy(this::node).isInstanceOf(SQLException.class);
    assertThatThrownBy(this::node).hasMessageContaining("roll back");
    connection.rollback();
    assertThat(node()).isPositive();
    connection.commit();
  }

  @Test
  void primaryIsLost_beforeTheCommitOfAWrite_isAnError() throws Exception {
    connection.setReadOnly(false);
    execute("CREATE TABLE IF NOT EXISTS written (id int)");
    loseSession(0);
    assertThatThrownBy(() -> connection.commit()).isInstanceOf(SQLException.class);
    connection.rollback();
    execute("CREATE TABLE IF NOT EXISTS written (id int)");
    connection.commit();
  }
}
