package dev.tideline.routing;

import static dev.tideline.routing.TestCluster.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tideline.routing.node.ConnectionBudget;
import dev.tideline.routing.node.NodeRole;
import dev.tideline.routing.node.NodeState;
import dev.tideline.routing.node.PositionLedger;
import dev.tideline.routing.node.RoutingException;
import dev.tideline.routing.node.RoutingException.Category;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.route.RouteReason;
import dev.tideline.routing.route.RoutingListener;
import dev.tideline.routing.token.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Who carries the position of a write reads at least that write, whatever the replicas do. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ReadYourWritesIT {

  private static final int WRITERS = 4;

  private static TestCluster cluster;
  private final RoutedReads reads = new RoutedReads();
  private ReadWriteRouter router;

  @BeforeAll
  static void start() throws Exception {
    cluster = TestCluster.alone(2);
    cluster.run(0, "CREATE TABLE versions (key int PRIMARY KEY, version bigint NOT NULL)");
    cluster.run(0, "INSERT INTO versions SELECT k, 0 FROM generate_series(0, 99) k");
    cluster.run(0, "GRANT ALL ON versions TO PUBLIC");
    cluster.run(
        0,
        """
        CREATE FUNCTION commit_asynchronously() RETURNS text LANGUAGE sql
          AS $$ SELECT set_config('synchronous_commit', 'off', true) $$;
        CREATE FUNCTION asynchronous_trigger() RETURNS trigger LANGUAGE plpgsql
          AS $$ BEGIN PERFORM commit_asynchronously(); RETURN NULL; END $$;
        CREATE TABLE asynchronous (i int);
        CREATE TRIGGER asynchronous AFTER INSERT ON asynchronous EXECUTE FUNCTION asynchronous_trigger();
        GRANT ALL ON asynchronous TO PUBLIC\
        """);
    cluster.settle();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void open() throws Exception {
    RouterConfig config = cluster.config();
    // The pairs fall back to the primary more than a service should let them.
    router = cluster.open(config.withReads(config.reads().withFallbackReads(2 * WRITERS)), reads);
    reads.forget();
  }

  @AfterEach
  void close() {
    router.close();
  }

  private Position write(int key, long version) throws SQLException {
    return router
        .writeForPosition(connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement("UPDATE versions SET version = ? WHERE key = ?")) {
            statement.setLong(1, version);
            statement.setInt(2, key);
            return statement.executeUpdate();
          }
        })
        .position();
  }

  private long read(ReadContext context, int key) throws SQLException {
    return router.read(
        context,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement("SELECT version FROM versions WHERE key = ?")) {
            statement.setInt(1, key);
            try (ResultSet row = statement.executeQuery()) {
              row.next();
              return row.getLong(1);
            }
          }
        });
  }

  private record Pairs(int read, int stale) {}

  /** Writers that each read what they wrote, while replay is paused at random. */
  private Pairs pairs(int count, boolean carryPositions, boolean kill) throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger stale = new AtomicInteger();
    AtomicInteger next = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      // Each on its own, so that at times one and at times both stand still.
      List<Future<?>> pausers =
          List.of(
              threads.submit(() -> pauseAtRandom(1, stop, kill)),
              threads.submit(() -> pauseAtRandom(2, stop, kill)));
      List<Future<?>> writers = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int key = writer;
        writers.add(
            threads.submit(() -> {
              long version = read(ReadContext.strong(), key);
              while (next.getAndIncrement() < count) {
                Position position = write(key, ++version);
                ReadContext context =
                    carryPositions
                        ? ReadContext.atLeast(List.of(position))
                        : ReadContext.eventual();
                if (read(context, key) < version) {
                  stale.incrementAndGet();
                }
              }
              return null;
            }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      stop.set(true);
      for (Future<?> pauser : pausers) {
        pauser.get();
      }
    }
    return new Pairs(count, stale.get());
  }

  private Void pauseAtRandom(int server, AtomicBoolean stop, boolean kill) throws Exception {
    Random random = new Random(server);
    while (!stop.get()) {
      try {
        cluster.run(server, "SELECT pg_wal_replay_pause()");
        TimeUnit.MILLISECONDS.sleep(random.nextInt(100));
        if (kill && random.nextInt(10) == 0) {
          // a connection may outlive its server by a moment: then that is dead already
          ProcessHandle.of(cluster.databases().pid("replica-" + server))
              .ifPresent(ProcessHandle::destroyForcibly);
        }
        cluster.run(server, "SELECT pg_wal_replay_resume()");
      } catch (SQLException e) {
        assertThat(kill).isTrue(); // it is being restarted
      }
      TimeUnit.MILLISECONDS.sleep(random.nextInt(100));
    }
    return null;
  }

  private void assertPairs(int count) throws Exception {
    Pairs carried = pairs(count, true, false);
    assertThat(carried.stale()).isZero();
    Map<RouteReason, Long> ways = new HashMap<>(reads.byReason());
    assertThat(ways).containsKeys(RouteReason.WAITED, RouteReason.BEHIND, RouteReason.CAUGHT_UP);
    // The same without positions: it can fail.
    assertThat(pairs(count, false, false).stale()).isPositive();
    TestCluster.awaitWhole(router);
  }

  @Test
  @Order(1)
  void pairs_underPauses_areNeverStale() throws Exception {
    assertPairs(1_000);
  }

  @Test
  @Order(2)
  @Tag("long")
  void pairs_tenThousandUnderPauses_areNeverStale() throws Exception {
    assertPairs(10_000);
  }

  @Test
  @Order(3)
  void pairs_whileReplicasCrashToo_areNeverStale() throws Exception {
    assertThat(pairs(1_000, true, true).stale()).isZero();
    TestCluster.awaitWhole(router);
  }

  @Test
  @Order(4)
  void position_ofTheFuture_isServedByThePrimaryAndEndsTheEpoch() throws Exception {
    Position now = write(50, 1);
    Position future = new Position(now.epoch(), now.lsn() + (1L << 40));
    assertThat(read(ReadContext.atLeast(List.of(future)), 50)).isEqualTo(1);
    assertThat(reads.byReason()).containsKey(RouteReason.BEHIND);
    // Only this history hands out positions: a primary behind one was set back.
    await().atMost(LONG).until(() -> !write(50, 1).epoch().equals(now.epoch()));
    assertThat(read(ReadContext.atLeast(List.of(now)), 50)).isEqualTo(1);
    assertThat(reads.byReason()).containsKey(RouteReason.OTHER_EPOCH);
    TestCluster.awaitWhole(router);
  }

  /** Ways to have a commit acknowledged before it is on disk. */
  private static final List<String> ASYNCHRONOUS =
      List.of(
          "SET LOCAL synchronous_commit = off",
          "SET synchronous_commit = off",
          "SELECT set_config('synchronous_commit', 'off', true)",
          "SELECT commit_asynchronously()",
          "DO $$ BEGIN SET LOCAL synchronous_commit = off; END $$",
          "INSERT INTO asynchronous VALUES (1)");

  @Test
  @Order(4)
  void position_ofAnAsynchronousCommit_coversIt() throws Exception {
    for (String way : ASYNCHRONOUS) {
      for (int i = 0; i < 3; i++) {
        Written<Long> written = router.writeForPosition(connection -> commit(connection, way));
        assertThat(written.position().lsn()).as(way).isGreaterThanOrEqualTo(written.value());
      }
    }
  }

  /** Commits so; answers a place that is not before the commit. */
  private static long commit(Connection connection, String way) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(way);
      statement.execute("UPDATE versions SET version = version + 1 WHERE key = 60");
      connection.commit();
      connection.setAutoCommit(true);
      try (ResultSet row =
          statement.executeQuery("SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint")) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  @Test
  @Order(5)
  void position_unknown_isServedByThePrimary() throws Exception {
    assertThat(read(ReadContext.atLeast(List.of(Position.UNKNOWN)), 51)).isZero();
    assertThat(reads.byNode()).containsOnlyKeys("primary");
  }

  @Test
  @Order(6)
  void positions_several_mustAllHold() throws Exception {
    Position first = write(52, 1);
    cluster.settle();
    cluster.pause(1);
    cluster.pause(2);
    try {
      Position second = write(53, 1);
      assertThat(read(ReadContext.atLeast(List.of(first)), 52)).isEqualTo(1);
      assertThat(read(ReadContext.atLeast(List.of(second, first)), 53)).isEqualTo(1);
    } finally {
      cluster.resume(1);
      cluster.resume(2);
    }
    TestCluster.awaitWhole(router);
  }

  @Test
  @Order(7)
  void readInARepeatableReadTransaction_isConfirmedBeforeItBegins() throws Exception {
    Position position = write(54, 7);
    long version =
        router.<Long, RuntimeException>read(
            ReadContext.atLeast(List.of(position)),
            connection -> {
              connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
              connection.setAutoCommit(false);
              int read =
                  TestCluster.number(connection, "SELECT version FROM versions WHERE key = 54");
              connection.rollback();
              return (long) read;
            });
    assertThat(version).isEqualTo(7);
  }

  @Test
  @Order(7)
  void stamp_ofARepeatableReadTransaction_isTakenBeforeItBegins() throws Exception {
    write(54, 8);
    cluster.settle();
    ReadContext context = ReadContext.eventual().stamped();
    Position[] stamps = new Position[2];
    Position between =
        router.<Position, SQLException>read(
            context,
            connection -> {
              connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
              connection.setAutoCommit(false);
              stamps[0] = context.stamp();
              TestCluster.number(connection, "SELECT 1"); // the snapshot
              Position later = write(54, 9);
              cluster.settle();
              assertThat(
                      TestCluster.number(connection, "SELECT version FROM versions WHERE key = 54"))
                  .isEqualTo(8);
              stamps[1] = context.stamp();
              connection.rollback();
              return later;
            });
    assertThat(stamps[0].isKnown()).isTrue();
    assertThat(stamps[1]).isEqualTo(stamps[0]);
    assertThat(stamps[0].lsn()).isLessThan(between.lsn());
  }

  @Test
  @Order(8)
  void primaryAway_readThatMustShowAWrite_isRefusedRatherThanOld() throws Exception {
    cluster.settle();
    cluster.pause(1);
    cluster.pause(2);
    Position position = write(55, 1);
    try {
      await()
          .atMost(LONG)
          .until(() -> {
            cluster.databases().kill("primary"); // again, where it was back before it was missed
            return !router.nodes().getFirst().up();
          });
      assertThatThrownBy(() -> read(ReadContext.atLeast(List.of(position)), 55))
          .isInstanceOfSatisfying(
              RoutingException.class,
              e -> assertThat(e.category()).isEqualTo(Category.UNAVAILABLE));
      assertThat(read(ReadContext.eventual(), 55)).isZero();
    } finally {
      cluster.resume(1);
      cluster.resume(2);
    }
    TestCluster.awaitWhole(router);
    assertThat(read(ReadContext.atLeast(List.of(position)), 55)).isEqualTo(1);
  }

  @Test
  @Order(9)
  void primaryBehindWhatTheLedgerKnows_beginsANewEpoch() throws Exception {
    Position now = write(56, 1);
    AtomicBoolean known = new AtomicBoolean();
    PositionLedger ledger =
        new PositionLedger() {
          @Override
          public OptionalLong highest(String epoch) {
            boolean same = epoch.equals(now.epoch());
            known.compareAndSet(false, same);
            return same ? OptionalLong.of(now.lsn() + (1L << 40)) : OptionalLong.empty();
          }

          @Override
          public void record(Position position) {}
        };
    try (ReadWriteRouter own =
        ReadWriteRouter.open(cluster.config(), ledger, RoutingListener.NONE)) {
      await().atMost(LONG).until(() -> !write(56, 1).epoch().equals(now.epoch()));
      assertThat(known).isTrue();
      TestCluster.awaitWhole(own);
    }
  }

  /** The last one: nothing is left as it was. */
  @Test
  @Order(10)
  void replicaPromoted_isFollowed_andOldPositionsAreNeverReadStale() throws Exception {
    Position old = write(57, 1);
    cluster.settle();
    RouterConfig budgeted =
        cluster.config().withPoolSize(50).withBudget(new ConnectionBudget(10, 20, true));
    try (ReadWriteRouter fitted = ReadWriteRouter.open(budgeted, RoutingListener.NONE)) {
      cluster.run(1, "SELECT pg_promote()");
      await().atMost(LONG).until(() -> fitted.nodes().get(1).role() == NodeRole.PRIMARY);
      assertThat(fitted.nodes()).allMatch(node -> node.pool().max() == 28); // in new roles too
    }
    await()
        .atMost(LONG)
        .until(() ->
            router.nodes().get(1).role() == NodeRole.PRIMARY
                && router.nodes().get(0).state() == NodeState.OTHER_HISTORY
                && router.nodes().get(2).state() == NodeState.OTHER_HISTORY);
    Position fresh = write(57, 2);
    assertThat(fresh.epoch()).isNotEqualTo(old.epoch());
    reads.forget();
    assertThat(read(ReadContext.atLeast(List.of(old)), 57)).isEqualTo(2);
    assertThat(read(ReadContext.atLeast(List.of(fresh)), 57)).isEqualTo(2);
    assertThat(read(ReadContext.eventual(), 57)).isEqualTo(2);
    assertThat(reads.byNode()).containsOnlyKeys("replica-1");
    // The old primary is still there, of an older timeline: a new router follows neither it nor
    // what follows it.
    try (ReadWriteRouter own = ReadWriteRouter.open(cluster.config(), RoutingListener.NONE)) {
      await().atMost(LONG).until(() -> own.nodes().get(1).role() == NodeRole.PRIMARY);
      assertThat(own.<Integer, RuntimeException>write(c -> TestCluster.number(c, TestCluster.NODE)))
          .isEqualTo(cluster.port(1));
    }
  }
}
