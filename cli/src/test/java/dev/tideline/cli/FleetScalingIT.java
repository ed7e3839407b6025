package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A fleet that grows and shrinks by itself, with windows of seconds in place of minutes. */
final class FleetScalingIT extends FleetTestCase {

  /** What an instance is said to take, a second: little, so that the machine is not the limit. */
  private static final int CAPACITY = 10;

  private static final int RATE = 40;

  @BeforeAll
  void ports(@TempDir Path folder) {
    prepare(folder);
  }

  @AfterAll
  void takeDown() throws Exception {
    assertThat(tideline.run("down").exitCode()).isZero();
  }

  @Test
  void load_addsOneAtATimeUpToTheMost_andQuietRemovesThem_withoutAFailedRequest() throws Exception {
    up(
        "--empty",
        "--instances=1",
        "--replicas=0",
        "--max=3",
        "--capacity=" + CAPACITY,
        "--up-minutes=0.05",
        "--down-minutes=0.1",
        "--cooldown-minutes=0.05",
        "--scaling-interval=0.5s",
        "--scaling-warm-up=1s");
    try (FleetLoad load = new FleetLoad(this, RATE, List.of("/v1/trending"))) {
      await().atMost(LONG).until(() -> instances().size() == 3);
      kill(status().get("instances").get(0));
      await()
          .atMost(LONG)
          .until(() -> status().get("scaling").get("holds").toString().contains("maximum"));
      load.stop();
      await().atMost(LONG).until(() -> instances().size() == 1);
      assertThat(load.failures()).isEmpty();
    }

    List<JsonNode> events = new ArrayList<>();
    status().get("scaling").get("events").forEach(events::add);
    assertThat(events)
        .allSatisfy(event -> {
          int change =
              event.get("to_instances").intValue() - event.get("from_instances").intValue();
          boolean up = event.get("action").stringValue().equals("scale_up");
          assertThat(change).isEqualTo(up ? 1 : -1);
          assertThat(event.get("reasons").toString()).contains("request rate");
          assertThat(event.has("failure")).isFalse();
        });
    assertThat(events).hasSizeGreaterThanOrEqualTo(4);
    assertThat(send(control("/metrics")).body())
        .contains("auto_scaling_events_total{action=\"scale_up\"}", "instances_running_total 1.0");
    assertThat(tideline.run("status").out())
        .contains("autoscaling on: 1 to 3 instances", "scale_down");
  }

  @Test
  void limitsThatDoNotFit_areRefused() throws Exception {
    assertThat(tideline.run(upCommand("--down-cpu=90")).err()).contains("CPU", "90 %");
    assertThat(tideline.run(upCommand("--min=5", "--max=3")).exitCode()).isEqualTo(1);
  }
}
