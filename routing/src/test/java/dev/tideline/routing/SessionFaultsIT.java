package dev.tideline.routing;

import static dev.tideline.routing.TestCluster.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tideline.routing.node.NodeStatus;
import dev.tideline.routing.node.PoolSettings;
import dev.tideline.routing.node.RoutingException;
import dev.tideline.routing.node.RoutingException.Category;
import dev.tideline.routing.route.RoutingListener;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.jdbc.PgConnection;

/** Faults of one session or one server, which say nothing about the node. */
final class SessionFaultsIT {

  private static TestCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(2);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /** A read that waits between two statements on the replica; how often it was run tells all. */
  private static final class HeldRead {

    private final CountDownLatch holds = new CountDownLatch(1);
    private final CountDownLatch goesOn = new CountDownLatch(1);
    private final AtomicInteger runs = new AtomicInteger();

    Integer run(Connection connection) throws SQLException {
      runs.incrementAndGet();
      TestCluster.number(connection, "SELECT 1");
      holds.countDown();
      try {
        goesOn.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return TestCluster.number(connection, TestCluster.NODE);
    }
  }

  @FunctionalInterface
  private interface Fault {
    void happens(ReadWriteRouter router) throws Exception;
  }

  private static RouterConfig oneReplica(int poolSize) {
    RouterConfig all = ReplicaFaultsIT.strict(cluster.config());
    return RouterConfig.of(all.primary(), all.replicas().subList(0, 1), all.user(), all.password())
        .withReads(all.reads())
        .withProbes(all.probes())
        .withPools(new PoolSettings(poolSize, Duration.ofMillis(250), Duration.ofSeconds(15)));
  }

  /** What goes wrong on one connection leaves the node up and the reads of others alone. */
  private static void assertSparesOthers(RouterConfig config, Fault fault) throws Exception {
    try (ReadWriteRouter own = cluster.open(config, RoutingListener.NONE);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      HeldRead held = new HeldRead();
      Future<Integer> other = threads.submit(() -> own.<Integer, SQLException>read(held::run));
      try {
        assertThat(held.holds.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        fault.happens(own);
        assertThat(own.nodes()).allMatch(NodeStatus::up);
        AtomicInteger looks = new AtomicInteger(); // over four polls of it
        await()
            .atMost(LONG)
            .until(() -> {
              assertThat(own.nodes()).allMatch(NodeStatus::up);
              return looks.incrementAndGet() > 8;
            });
      } finally {
        held.goesOn.countDown();
      }
      assertThat(other.get()).isEqualTo(cluster.port(1));
      assertThat(held.runs).hasValue(1);
    }
  }

  @Test
  void readTooSlowForItsSocket_isRepeatedAndCondemnsNobody() throws Exception {
    assertSparesOthers(
        oneReplica(4),
        own -> {
          AtomicInteger runs = new AtomicInteger();
          int node =
              own.<Integer, SQLException>read(connection -> {
                if (runs.incrementAndGet() == 1) {
                  connection.setNetworkTimeout(Runnable::run, 100);
                  TestCluster.number(connection, "SELECT 1 FROM pg_sleep(20)");
                }
                return TestCluster.number(connection, TestCluster.NODE);
              });
          assertThat(node).isEqualTo(cluster.port(0));
        });
  }

  @Test
  void slowRead_isEndedByTheServerAndIsTheCallersAffair() throws Exception {
    assertSparesOthers(
        oneReplica(4).withStatementTimeout(Duration.ofSeconds(1)),
        own -> {
          AtomicInteger runs = new AtomicInteger();
          assertThatThrownBy(() ->
                  own.read(connection -> {
                    runs.incrementAndGet();
                    return TestCluster.number(connection, "SELECT 1 FROM pg_sleep(20)");
                  }))
              .isInstanceOfSatisfying(
                  RoutingException.class,
                  e -> assertThat(e.category()).isEqualTo(Category.TOO_SLOW));
          assertThat(runs).hasValue(1);
          assertThatThrownBy(() ->
                  own.write(
                      connection -> TestCluster.number(connection, "SELECT 1 FROM pg_sleep(20)")))
              .isInstanceOfSatisfying(
                  RoutingException.class,
                  e -> assertThat(e.category()).isEqualTo(Category.TOO_SLOW));
        });
  }

  @Test
  void reader_interrupted_endsAloneAndKeepsItsInterrupt() throws Exception {
    assertSparesOthers(
        oneReplica(4),
        own -> {
          AtomicInteger runs = new AtomicInteger();
          CountDownLatch inside = new CountDownLatch(1);
          FutureTask<Boolean> ended =
              new FutureTask<>(() -> {
                assertThatThrownBy(() ->
                        own.read(connection -> {
                          runs.incrementAndGet();
                          inside.countDown();
                          return TestCluster.number(connection, "SELECT 1 FROM pg_sleep(20)");
                        }))
                    .isInstanceOfAny(SQLException.class, RoutingException.class);
                // Nor does it take idle connections with it, which an interrupt closes.
                assertThatThrownBy(() -> own.read(connection -> 1))
                    .isInstanceOf(RoutingException.class)
                    .hasMessageContaining("interrupted");
                return Thread.currentThread().isInterrupted();
              });
          Thread reader = Thread.ofVirtual().start(ended);
          inside.await();
          reader.interrupt();
          assertThat(ended.get()).isTrue();
          assertThat(runs).hasValue(1);
        });
  }

  @Test
  void reader_interruptedWhileItWaitsForAConnection_endsAlone() throws Exception {
    assertSparesOthers(
        oneReplica(1).withPools(new PoolSettings(1, LONG, Duration.ofSeconds(15))),
        own -> {
          FutureTask<Boolean> ended =
              new FutureTask<>(() -> {
                assertThatThrownBy(() -> own.read(connection -> 1))
                    .isInstanceOf(RoutingException.class)
                    .hasMessageContaining("interrupted");
                return Thread.currentThread().isInterrupted();
              });
          Thread reader = Thread.ofVirtual().start(ended);
          await().atMost(LONG).until(() -> own.nodes().get(1).pool().pending() == 1);
          reader.interrupt();
          assertThat(ended.get()).isTrue();
        });
  }

  @Test
  void sessionTerminatedByAnAdministrator_isRepeatedAndCondemnsNobody() throws Exception {
    assertSparesOthers(
        oneReplica(4),
        own -> {
          AtomicInteger runs = new AtomicInteger();
          int node =
              own.<Integer, SQLException>read(connection -> {
                if (runs.incrementAndGet() == 1) {
                  TestCluster.number(
                      connection, "SELECT pg_terminate_backend(pg_backend_pid())::int");
                }
                return TestCluster.number(connection, TestCluster.NODE);
              });
          assertThat(node).isEqualTo(cluster.port(0));
        });
  }

  /** Every session of the routers, but those that hold a read: those for polls too. */
  private static void terminateIdle(int server) throws SQLException {
    assertThat(
            cluster.ask(
                server,
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    + " WHERE usename = 'tideline' AND query <> 'SELECT 1'"))
        .isNotEqualTo("0");
  }

  @Test
  void pollsTerminatedByAnAdministrator_condemnNobody() throws Exception {
    assertSparesOthers(
        oneReplica(4),
        own -> {
          terminateIdle(0);
          terminateIdle(1);
        });
  }

  @Test
  void pollsThatWaitForALock_condemnNobody() throws Exception {
    assertSparesOthers(
        oneReplica(4),
        own -> {
          try (Connection admin = cluster.connectAsAdmin(0);
              Statement statement = admin.createStatement()) {
            admin.setAutoCommit(false);
            statement.execute("LOCK TABLE tideline_routing.epoch IN ACCESS EXCLUSIVE MODE");
            AtomicInteger looks = new AtomicInteger(); // over a poll of each node
            await()
                .atMost(LONG)
                .until(() -> {
                  assertThat(own.nodes()).allMatch(NodeStatus::up);
                  return looks.incrementAndGet() > 15;
                });
            admin.rollback();
          }
        });
  }

  @Test
  void connectionClosedByItsReader_condemnsNobody() throws Exception {
    assertSparesOthers(
        oneReplica(4),
        own ->
            assertThatThrownBy(() ->
                    own.read(connection -> {
                      connection.unwrap(PgConnection.class).close();
                      return TestCluster.number(connection, TestCluster.NODE);
                    }))
                .isInstanceOfAny(SQLException.class, RoutingException.class));
  }

  @Test
  void serverWithoutRoomForMoreConnections_servesOnThoseThereAre() throws Exception {
    assertSparesOthers(
        oneReplica(8),
        own -> {
          limitConnections(1);
          try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch goOn = new CountDownLatch(1);
            List<Future<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < 5; i++) { // more than are open on the replica
              readers.add(
                  threads.submit(() ->
                      own.<Integer, Exception>read(connection -> {
                        goOn.await();
                        return TestCluster.number(connection, TestCluster.NODE);
                      })));
            }
            await()
                .atMost(LONG)
                .until(
                    () -> own.nodes().stream().mapToInt(node -> node.pool().active()).sum() == 6);
            goOn.countDown();
            for (Future<Integer> reader : readers) {
              assertThat(reader.get()).isIn(cluster.port(0), cluster.port(1));
            }
          } finally {
            limitConnections(-1);
          }
        });
  }

  @Test
  void serverWithoutRoomForPolls_isNotDown() throws Exception {
    assertSparesOthers(
        oneReplica(4),
        own -> {
          limitConnections(1);
          try {
            terminateIdle(1);
            AtomicInteger looks = new AtomicInteger();
            await()
                .atMost(LONG)
                .until(() -> {
                  assertThat(own.nodes()).allMatch(NodeStatus::up);
                  return looks.incrementAndGet() > 8;
                });
          } finally {
            limitConnections(-1);
          }
        });
  }

  private static void limitConnections(int most) throws SQLException {
    cluster.run(0, "ALTER ROLE tideline CONNECTION LIMIT " + most);
    cluster.settle();
  }

  @Test
  void writer_lostToOneSession_condemnsNobody() throws Exception {
    assertSparesOthers(
        oneReplica(4),
        own ->
            assertThatThrownBy(() ->
                    own.write(connection ->
                        TestCluster.number(
                            connection, "SELECT pg_terminate_backend(pg_backend_pid())::int")))
                .isInstanceOfSatisfying(
                    RoutingException.class,
                    e -> assertThat(e.category()).isEqualTo(Category.UNAVAILABLE)));
  }
}
