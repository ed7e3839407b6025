package dev.tideline.routing.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is read from when nodes are suspected; none of them is there. */
final class ClusterTest {

  private static final NodeSettings SETTINGS =
      new NodeSettings(
          "user",
          "password",
          PoolSettings.DEFAULT,
          ProbeSettings.DEFAULT,
          Duration.ofSeconds(60),
          Optional.empty());

  private final Node primary = node(0, NodeRole.PRIMARY);
  private final Node first = node(1, NodeRole.REPLICA);
  private final Node second = node(2, NodeRole.REPLICA);
  private final Cluster cluster = new Cluster(List.of(primary, first, second));

  private static NodeAddress address(String name) {
    return new NodeAddress(name, "jdbc:postgresql://127.0.0.1:1/" + name);
  }

  private static Node node(int slot, NodeRole role) {
    return new Node(slot, address("node-" + slot), role, SETTINGS, new NodeListener() {});
  }

  private void sees(Node node) {
    cluster.recordSighting(node, new Sighting(!node.equals(primary), "e", 100, 1, true, "s", 1));
  }

  @BeforeEach
  void allAreWell() {
    sees(primary);
    sees(first);
    sees(second);
    assertThat(cluster.view().usable()).containsExactly(first, second);
  }

  @AfterEach
  void close() {
    cluster.nodes().forEach(Node::close);
  }

  @Test
  void suspect_oneReplica_othersArePreferredUntilItAnswers() {
    cluster.suspect(first);
    assertThat(cluster.view().usable()).containsExactly(second);
    assertThat(first.isUp()).isTrue();
    sees(second); // which says nothing about the other
    assertThat(cluster.view().usable()).containsExactly(second);
    sees(first);
    assertThat(cluster.view().usable()).containsExactly(first, second);
  }

  @Test
  void suspect_everyReplica_allAreReadFrom() {
    cluster.suspect(first);
    cluster.suspect(second);
    assertThat(cluster.view().usable()).containsExactly(first, second);
  }

  @Test
  void trust_answersWithoutRoomForAPoll_isReadFromAgain() {
    cluster.suspect(first);
    cluster.trust(first);
    assertThat(cluster.view().usable()).containsExactly(first, second);
  }

  @Test
  void suspect_thePrimary_staysThePrimary() {
    cluster.suspect(primary);
    assertThat(cluster.view().primaryIsUp()).isTrue();
  }

  @Test
  void lost_aReplica_isDownAndNoMoreSuspected() {
    cluster.suspect(first);
    cluster.lost(first, new SQLException("refused", "08001"));
    assertThat(cluster.view().usable()).containsExactly(second);
    assertThat(first.isUp()).isFalse();
    assertThat(first.isSuspected()).isFalse();
    cluster.suspect(first); // it is down, which is more
    assertThat(first.isSuspected()).isFalse();
  }
}
