package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.embedded.process.Programs;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A fleet behind NGINX. */
final class FleetNginxIT extends FleetTestCase {

  private static final int LOAD_PER_SECOND = 60;

  @Test
  void killAnInstance_searchesGoOn(@TempDir Path folder) throws Exception {
    if (System.getenv("CI") == null) {
      assumeThat(Programs.find("nginx")).as("nginx is installed").isPresent();
    }
    prepare(folder);
    up(
        "--empty",
        "--replicas=0",
        "--balancer=nginx",
        "--balancing=least-connections",
        "--health-interval=1s");
    JsonNode status = status();
    assertThat(status.get("balancer").get("kind").stringValue()).isEqualTo("nginx");
    try (FleetLoad load = new FleetLoad(this, LOAD_PER_SECOND, List.of("/v1/search?q=lamp"))) {
      load.awaitMore(LOAD_PER_SECOND / 2);
      kill(named(status, "instances", "instance-2"));
      load.awaitMore(2 * LOAD_PER_SECOND);
      await().atMost(LONG).until(() -> healthyInstances() == 2);
      load.awaitMore(LOAD_PER_SECOND / 2);
      assertThat(load.failures()).isEmpty();
    } finally {
      down();
    }
  }
}
