package dev.tideline.routing.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.routing.node.ReplicaCandidate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ReplicaSelectionTest {

  private record Fake(String name, int weight, long lagMillis, int inFlight, long latencyNanos)
      implements ReplicaCandidate {}

  private static Fake replica(String name) {
    return new Fake(name, 1, 0, 0, 1_000_000);
  }

  private static Fake weighing(String name, int weight) {
    return new Fake(name, weight, 0, 0, 1_000_000);
  }

  private static Fake late(String name, long lagMillis) {
    return new Fake(name, 1, lagMillis, 0, 1_000_000);
  }

  private static Map<String, Integer> choices(
      ReplicaSelection selection, int times, List<Fake> candidates) {
    ReplicaSelector selector = selection.selector();
    Map<String, Integer> chosen = new HashMap<>();
    for (int i = 0; i < times; i++) {
      chosen.merge(candidates.get(selector.select(candidates)).name(), 1, Integer::sum);
    }
    return chosen;
  }

  @Test
  void roundRobin_alike_isEven() {
    assertThat(
            choices(
                ReplicaSelection.ROUND_ROBIN,
                300,
                List.of(replica("a"), replica("b"), replica("c"))))
        .containsExactlyInAnyOrderEntriesOf(Map.of("a", 100, "b", 100, "c", 100));
  }

  @Test
  void roundRobin_weighted_isByWeightAndSpread() {
    List<Fake> candidates = List.of(weighing("a", 3), weighing("b", 1));
    assertThat(choices(ReplicaSelection.ROUND_ROBIN, 400, candidates))
        .containsExactlyInAnyOrderEntriesOf(Map.of("a", 300, "b", 100));
    ReplicaSelector selector = ReplicaSelection.ROUND_ROBIN.selector();
    StringBuilder order = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      order.append(candidates.get(selector.select(candidates)).name());
    }
    assertThat(order.toString()).isEqualTo("aabaaaba");
  }

  @Test
  void roundRobin_candidatesChange_goesOnWithThoseThatAreThere() {
    ReplicaSelector selector = ReplicaSelection.ROUND_ROBIN.selector();
    List<Fake> three = List.of(replica("a"), replica("b"), replica("c"));
    List<Fake> two = List.of(replica("a"), replica("b"));
    for (int i = 0; i < 7; i++) {
      assertThat(selector.select(three)).isBetween(0, 2);
      assertThat(selector.select(two)).isBetween(0, 1);
    }
  }

  @Test
  void leastLag_oneFarBehind_getsNothing() {
    assertThat(
            choices(
                ReplicaSelection.LEAST_LAG,
                100,
                List.of(late("a", 5_000), late("b", 0), late("c", 900))))
        .containsExactlyInAnyOrderEntriesOf(Map.of("b", 50, "c", 50));
  }

  @Test
  void leastBusy_oneWithManyInFlight_isAvoided() {
    List<Fake> candidates =
        List.of(new Fake("busy", 1, 0, 50, 1_000_000), replica("free"), replica("idle"));
    assertThat(choices(ReplicaSelection.LEAST_BUSY, 1_000, candidates))
        .doesNotContainKey("busy")
        .hasSize(2);
  }

  @Test
  void leastBusy_slowerOne_getsLess() {
    List<Fake> candidates =
        List.of(new Fake("slow", 1, 0, 0, 20_000_000), replica("a"), replica("b"));
    assertThat(choices(ReplicaSelection.LEAST_BUSY, 1_000, candidates)).doesNotContainKey("slow");
  }
}
