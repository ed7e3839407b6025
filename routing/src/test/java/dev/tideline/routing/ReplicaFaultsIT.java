package dev.tideline.routing;

import static dev.tideline.routing.TestCluster.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tideline.routing.node.ConnectionBudget;
import dev.tideline.routing.node.NodeAddress;
import dev.tideline.routing.node.NodeState;
import dev.tideline.routing.node.NodeStatus;
import dev.tideline.routing.node.PoolSettings;
import dev.tideline.routing.node.RoutingException;
import dev.tideline.routing.node.RoutingException.Category;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.route.RouteReason;
import dev.tideline.routing.route.RoutingListener;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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

  static RouterConfig strict(RouterConfig config) {
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
