package dev.tideline.routing;

import static dev.tideline.routing.TestCluster.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tideline.routing.RoutingException.Category;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.jdbc.PgConnection;

/** Replicas that lag, stop, die and come back. */
final class ReplicaFaultsIT {

  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final int THREADS = 32;
  private static final int READS_PER_SECOND = 500;

  private static TestCluster cluster;
  private final RoutedReads reads = new RoutedReads();
  private ReadWriteRouter router;

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(2);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void open() throws Exception {
    RouterConfig config =
        strict(cluster.config()).withPoolSize(50).withBudget(new ConnectionBudget(10, 20, true));
    router = cluster.open(config, reads);
    reads.forget();
  }

  private static RouterConfig strict(RouterConfig config) {
    return config
        .withReads(config.reads().withMaxLag(LIMIT).withFallbackReads(2))
        .withProbes(config.probes().withInterval(Duration.ofMillis(200)));
  }

  @AfterEach
  void close() {
    router.close();
  }

  private int read() throws SQLException {
    return router.read(connection -> TestCluster.number(connection, TestCluster.NODE));
  }

  private NodeStatus node(String name) {
    return router.nodes().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void awaitState(String name, NodeState state) {
    await().atMost(LONG).until(() -> node(name).state() == state);
  }

  @Test
  void replica_pausedPastTheLimit_getsNothingUntilItIsBack() throws Exception {
    cluster.pause(1);
    awaitState("replica-1", NodeState.LAGGING);
    assertThat(node("replica-1").lag().orElseThrow()).isGreaterThan(LIMIT);
    assertThat(node("replica-1").lagBytes()).isPositive();
    reads.forget();
    for (int i = 0; i < 50; i++) {
      read();
    }
    assertThat(reads.byNode()).containsOnlyKeys("replica-2");
    cluster.resume(1);
    awaitState("replica-1", NodeState.UP);
    reads.forget();
    for (int i = 0; i < 50; i++) {
      read();
    }
    assertThat(reads.byNode()).containsOnlyKeys("replica-1", "replica-2");
  }

  @Test
  void replica_whoseStreamHasStopped_isNotTakenForCurrent() throws Exception {
    cluster.run(1, "ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port=1'");
    cluster.run(1, "SELECT pg_reload_conf()");
    try {
      awaitState("replica-1", NodeState.LAGGING);
    } finally {
      cluster.run(1, "ALTER SYSTEM RESET primary_conninfo");
      cluster.run(1, "SELECT pg_reload_conf()");
    }
    awaitState("replica-1", NodeState.UP);
  }

  @Test
  void primary_idle_makesNoReplicaLookLate() throws Exception {
    AtomicInteger polls = new AtomicInteger();
    await()
        .atMost(LONG)
        .until(() -> {
          assertThat(node("replica-1").state()).isEqualTo(NodeState.UP);
          return polls.incrementAndGet() > 20; // over two seconds, twice the limit
        });
  }

  @Test
  void lag_withoutHeartbeats_isToldByThePrimarysPositions() throws Exception {
    RouterConfig bare =
        strict(cluster.config())
            .withProbes(cluster.config().probes().withMetadataSchema("there_is_none"));
    try (ReadWriteRouter own = ReadWriteRouter.open(bare, RoutingListener.NONE)) {
      cluster.pause(1);
      await()
          .atMost(LONG)
          .until(() -> own.nodes().get(1).state() == NodeState.LAGGING); // the other router beats
      assertThat(own.nodes().get(2).state()).isEqualTo(NodeState.UP);
      cluster.resume(1);
      await().atMost(LONG).until(() -> own.nodes().get(1).state() == NodeState.UP);
    }
  }

  @Test
  void everyReplicaLate_primaryWithinItsPlaces_restFromALateReplicaThatSaysSo() throws Exception {
    cluster.pause(1);
    cluster.pause(2);
    try {
      awaitState("replica-1", NodeState.LAGGING);
      awaitState("replica-2", NodeState.LAGGING);
      reads.forget();
      ReadContext late = ReadContext.eventual();
      // Two hold both places of the primary; the third is served by a replica, and told.
      router.read(
          a -> router.read(b -> router.read(late, c -> TestCluster.number(c, TestCluster.NODE))));
      assertThat(reads.byReason())
          .containsEntry(RouteReason.NO_REPLICA, 2L)
          .containsEntry(RouteReason.STALE, 1L);
      assertThat(late.staleness()).isGreaterThan(LIMIT);
    } finally {
      cluster.resume(1);
      cluster.resume(2);
    }
    TestCluster.awaitWhole(router);
  }

  @Test
  void replicasGone_primaryServesWithinItsPlaces_restAreTold() throws Exception {
    RouterConfig config = cluster.config();
    RouterConfig lonely =
        RouterConfig.of(
                config.primary(),
                List.of(new NodeAddress("replica-1", "jdbc:postgresql://127.0.0.1:1/gone")),
                config.user(),
                config.password())
            .withPools(new PoolSettings(8, Duration.ofMillis(250), Duration.ofSeconds(15)))
            .withReads(config.reads().withFallbackReads(2));
    try (ReadWriteRouter own = ReadWriteRouter.open(lonely, reads);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      reads.forget();
      CountDownLatch inside = new CountDownLatch(2);
      CountDownLatch leave = new CountDownLatch(1);
      List<Future<Integer>> readers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        readers.add(
            threads.submit(() ->
                own.read(connection -> {
                  inside.countDown();
                  leave.await();
                  return TestCluster.number(connection, TestCluster.NODE);
                })));
      }
      assertThat(inside.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(() -> own.read(connection -> 1))
          .isInstanceOfSatisfying(
              RoutingException.class, e -> assertThat(e.category()).isEqualTo(Category.OVERLOADED))
          .hasMessageContaining("2 fallback reads");
      leave.countDown();
      for (Future<Integer> reader : readers) {
        assertThat(reader.get()).isEqualTo(cluster.port(0));
      }
      int again = own.read(connection -> 1);
      assertThat(again).isEqualTo(1);
      assertThat(reads.byReason()).containsOnlyKeys(RouteReason.NO_REPLICA);
    }
  }

  @Test
  void replicaKilled_underLoad_noReadFailsAndNothingMoreIsSentToIt() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    long pause = TimeUnit.SECONDS.toNanos(THREADS) / READS_PER_SECOND;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        readers.add(
            threads.submit(() -> {
              while (!stop.get()) {
                read();
                LockSupport.parkNanos(pause);
              }
              return null;
            }));
      }
      await().atMost(LONG).until(() -> reads.byNode().size() == 2 && reads.all().size() > 300);
      long killed = System.nanoTime();
      cluster.databases().kill("replica-1");
      await().pollInterval(Duration.ofMillis(1)).atMost(LONG).until(() -> !node("replica-1").up());
      Duration noticed = Duration.ofNanos(System.nanoTime() - killed);
      await().atMost(LONG).until(() -> node("replica-1").up());
      assertThat(node("replica-1").pool().max()).isEqualTo(28); // as the budget has it
      long back = System.nanoTime();
      await()
          .atMost(LONG)
          .until(() ->
              reads.all().stream()
                  .anyMatch(read -> read.nanos() > back && read.node().equals("replica-1")));
      stop.set(true);
      for (Future<?> reader : readers) {
        reader.get(); // fails if a read failed
      }
      // 100 ms is the aim, which bench measures; this is ten times that.
      assertThat(noticed).isLessThan(Duration.ofSeconds(1));
      // Each thread met it once at most: who came after was sent elsewhere.
      assertThat(reads.byReason().getOrDefault(RouteReason.REPEATED, 0L))
          .isLessThanOrEqualTo(THREADS);
    }
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
    RouterConfig all = strict(cluster.config());
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

  @Test
  void replicaThatHangs_isLeftOutAndItsReadersGoOn() throws Exception {
    long pid = cluster.databases().pid("replica-2");
    TestCluster.signal(pid, "STOP");
    try {
      await()
          .atMost(LONG)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> node("replica-2").silence().compareTo(Duration.ofMillis(400)) > 0);
      // Who was sent to it before that was known is cut off and served elsewhere.
      await()
          .atMost(LONG)
          .until(() -> {
            assertThat(read()).isIn(cluster.port(1), cluster.port(2));
            return !node("replica-2").up();
          });
    } finally {
      TestCluster.signal(pid, "CONT");
    }
    awaitState("replica-2", NodeState.UP);
  }

  @Test
  void primaryKilled_replicasServeOnAndDoNotLookLate() throws Exception {
    await()
        .atMost(LONG)
        .until(() -> {
          cluster.databases().kill("primary"); // again, where it was back before it was missed
          assertThat(read()).isIn(cluster.port(1), cluster.port(2));
          return !node("primary").up();
        });
    assertThat(node("replica-1").state()).isNotEqualTo(NodeState.LAGGING);
    awaitState("primary", NodeState.UP);
  }
}
