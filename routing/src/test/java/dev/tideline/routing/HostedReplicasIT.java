package dev.tideline.routing;

import static dev.tideline.routing.TestCluster.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tideline.routing.node.ConnectionBudget;
import dev.tideline.routing.node.HostedReplicas;
import dev.tideline.routing.node.NodeAddress;
import dev.tideline.routing.node.NodeStatus;
import dev.tideline.routing.route.RoutingListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Replicas behind one name come and go under load; pools are held to a budget. */
final class HostedReplicasIT {

  private static final String FIRST = "127.0.0.1";
  private static final String SECOND = "127.0.0.2";

  private static TestCluster cluster;
  private static ServerSocket second;
  private volatile List<String> addresses = List.of(FIRST);

  /** The second replica at the first one's port, on another address, as pods of one service are. */
  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(2);
    second = new ServerSocket(cluster.port(1), 50, InetAddress.ofLiteral(SECOND));
    Thread.ofVirtual().start(HostedReplicasIT::forward);
  }

  @AfterAll
  static void stop() throws Exception {
    second.close();
    cluster.close();
  }

  private static void forward() {
    try {
      while (true) {
        Socket client = second.accept();
        Socket server = new Socket(InetAddress.ofLiteral(FIRST), cluster.port(2));
        pump(client, server);
        pump(server, client);
      }
    } catch (IOException e) {
      // the test is over
    }
  }

  private static void pump(Socket from, Socket to) {
    Thread.ofVirtual()
        .start(() -> {
          try (from;
              to) {
            from.getInputStream().transferTo(to.getOutputStream());
          } catch (IOException e) {
            // one side has closed
          }
        });
  }

  private List<InetAddress> resolve(String host) throws UnknownHostException {
    assertThat(host).isEqualTo("replicas.example");
    if (addresses.isEmpty()) {
      throw new UnknownHostException(host);
    }
    return addresses.stream().map(InetAddress::ofLiteral).toList();
  }

  private RouterConfig hosted() {
    RouterConfig all = cluster.config();
    return RouterConfig.of(all.primary(), List.of(), all.user(), all.password())
        .withHosted(
            new HostedReplicas(
                "jdbc:postgresql://replicas.example:%d/%s"
                    .formatted(cluster.port(1), cluster.database()),
                Duration.ofMillis(100),
                this::resolve));
  }

  private static Map<Integer, Integer> readers(ReadWriteRouter router) throws SQLException {
    Map<Integer, Integer> seen = new HashMap<>();
    for (int i = 0; i < 40; i++) {
      seen.merge(
          router.<Integer, RuntimeException>read(
              connection -> TestCluster.number(connection, TestCluster.NODE)),
          1,
          Integer::sum);
    }
    return seen;
  }

  @Test
  void addresses_comeAndGo_withoutAFailedRead() throws Exception {
    try (ReadWriteRouter router = cluster.open(hosted(), RoutingListener.NONE)) {
      AtomicBoolean stop = new AtomicBoolean();
      AtomicInteger reads = new AtomicInteger();
      Thread load =
          Thread.ofVirtual()
              .start(() -> {
                while (!stop.get()) {
                  try {
                    router.<Integer, RuntimeException>read(
                        connection -> TestCluster.number(connection, TestCluster.NODE));
                    reads.incrementAndGet();
                  } catch (SQLException | RuntimeException e) {
                    reads.set(Integer.MIN_VALUE);
                    throw new AssertionError(e);
                  }
                }
              });
      assertThat(readers(router)).containsOnlyKeys(cluster.port(1));
      addresses = List.of(FIRST, SECOND);
      await().atMost(LONG).until(() -> readers(router).size() == 2);
      addresses = List.of(); // a name that leads nowhere takes nobody away
      await()
          .pollDelay(Duration.ofMillis(500))
          .atMost(LONG)
          .until(() -> readers(router).size() == 2);
      addresses = List.of(SECOND);
      await().atMost(LONG).until(() -> readers(router).equals(Map.of(cluster.port(2), 40)));
      assertThat(router.nodes()).hasSize(2);
      addresses = List.of(SECOND, FIRST);
      await().atMost(LONG).until(() -> readers(router).size() == 2);
      assertThat(router.nodes())
          .extracting(NodeStatus::name)
          .containsExactlyInAnyOrder("primary", "replica-1", "replica-2"); // names are used again
      stop.set(true);
      load.join();
      assertThat(reads.get()).isPositive();
    }
  }

  @Test
  void budget_exceeded_isRefusedWithTheArithmetic() {
    assertThatThrownBy(() ->
            ReadWriteRouter.open(
                cluster.config().withPoolSize(50).withBudget(new ConnectionBudget(10, 20, false)),
                RoutingListener.NONE))
        .isInstanceOf(ConnectionBudget.ExceededException.class)
        .hasMessage(
            "connection budget exceeded on primary: 10 instances x (50 pooled + 2 for polls) = 520,"
                + " and max_connections 320 less a reserve of 20 leaves 300; pools of 28 would"
                + " fit");
  }

  @Test
  void budget_holdsForReplicasThatComeLater() throws Exception {
    addresses = List.of(FIRST);
    RouterConfig shrinking =
        hosted().withPoolSize(50).withBudget(new ConnectionBudget(10, 20, true));
    try (ReadWriteRouter router = cluster.open(shrinking, RoutingListener.NONE)) {
      addresses = List.of(FIRST, SECOND);
      await().atMost(LONG).until(() -> readers(router).size() == 2);
      assertThat(router.nodes()).hasSize(3).allMatch(node -> node.pool().max() == 28);
    }
  }

  @Test
  void budget_thatALateReplicaExceeds_shrinksItsPoolAllTheSame() throws Exception {
    addresses = List.of();
    RouterConfig all = hosted();
    RouterConfig fixed =
        RouterConfig.of(
                new NodeAddress("primary", "jdbc:postgresql://127.0.0.1:1/nothing"),
                List.of(),
                all.user(),
                all.password())
            .withHosted(all.hosted().orElseThrow())
            .withPoolSize(50)
            .withBudget(new ConnectionBudget(10, 20, false));
    try (ReadWriteRouter router = ReadWriteRouter.open(fixed, RoutingListener.NONE)) {
      addresses = List.of(FIRST);
      await()
          .atMost(LONG)
          .until(() -> router.nodes().size() == 2 && router.nodes().get(1).pool().idle() > 0);
      assertThat(readers(router)).containsOnlyKeys(cluster.port(1));
      assertThat(router.nodes().get(1).pool().max()).isEqualTo(28);
    }
  }

  @Test
  void budget_thatShrinks_fitsThePools() throws Exception {
    try (ReadWriteRouter router =
        ReadWriteRouter.open(
            cluster.config().withPoolSize(50).withBudget(new ConnectionBudget(10, 20, true)),
            RoutingListener.NONE)) {
      assertThat(router.nodes()).allMatch(node -> node.pool().max() == 28);
    }
  }
}
