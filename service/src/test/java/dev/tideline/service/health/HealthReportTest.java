package dev.tideline.service.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.routing.node.NodeRole;
import dev.tideline.routing.node.NodeState;
import dev.tideline.routing.node.NodeStatus;
import dev.tideline.routing.node.PoolUsage;
import dev.tideline.routing.token.Position;
import dev.tideline.service.health.HealthReport.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HealthReportTest {

  private static NodeStatus node(String name, NodeRole role, boolean up) {
    return node(name, role, up, Duration.ZERO);
  }

  private static NodeStatus node(String name, NodeRole role, boolean up, Duration silence) {
    return new NodeStatus(
        name,
        "jdbc:postgresql://nowhere/",
        role,
        up ? NodeState.UP : NodeState.DOWN,
        Optional.empty(),
        -1,
        Position.UNKNOWN,
        0,
        0,
        silence,
        new PoolUsage(0, 0, 0, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "true, true, true, UP",
    "true, true, false, DEGRADED",
    "false, true, true, DEGRADED",
    "true, false, true, DEGRADED",
    "false, false, true, DOWN",
    "false, false, false, DOWN"
  })
  void of_partsAway_saysWhatIsLeft(
      boolean primary, boolean replica, boolean redis, Status expected) {
    HealthReport report =
        HealthReport.of(
            List.of(
                node("primary", NodeRole.PRIMARY, primary),
                node("replica-1", NodeRole.REPLICA, replica)),
            redis);
    assertThat(report.status()).isEqualTo(expected);
    assertThat(report.checks()).containsKeys("database", "redis");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 399, UP",
    "0, 400, DEGRADED",
    "400, 0, DEGRADED",
    "400, 400, DOWN",
    "399, 399, UP"
  })
  void of_pollsWait_isWhatItWouldBeIfTheyFailed(
      long primaryMillis, long replicaMillis, Status expected) {
    HealthReport report =
        HealthReport.of(
            List.of(
                node("primary", NodeRole.PRIMARY, true, Duration.ofMillis(primaryMillis)),
                node("replica-1", NodeRole.REPLICA, true, Duration.ofMillis(replicaMillis))),
            true);
    assertThat(report.status()).isEqualTo(expected);
  }
}
