package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.cli.TidelineProcess.Outcome;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** How a fleet starts and ends, in good order and otherwise. */
final class FleetStartIT extends FleetTestCase {

  @BeforeEach
  void ports(@TempDir Path folder) {
    prepare(folder);
  }

  @AfterEach
  void takeDown() throws Exception {
    assertThat(tideline.run("down").exitCode()).isZero();
  }

  @Test
  void supervisorThenEverythingKilled_leavesNothing_andUpBringsTheDataBack() throws Exception {
    String[] small = {"--empty", "--instances", "1", "--replicas", "1"};
    up(small);
    UUID first = acknowledge(new AtomicInteger());
    JsonNode status = status();
    Set<Long> pids = pids(status);
    kill(status.get("supervisor"));
    nothingIsLeft(pids, status);
    assertThat(tideline.run("status").exitCode()).isEqualTo(3);

    up(small);
    UUID second = acknowledge(new AtomicInteger());
    status = status();
    List<ProcessHandle> all = processes();
    assertThat(all)
        .hasSizeGreaterThanOrEqualTo(6); // supervisor, guard, instance, two databases, Redis
    all.forEach(ProcessHandle::destroyForcibly);
    nothingIsLeft(pids(status), status);

    Process foreground = tideline.start(upInForeground(small));
    await().atMost(LONG).until(() -> output().contains("Tideline is up"));
    assertThat(stored(Set.of(first, second))).isEqualTo(2);
    restarts();
    status = status();
    signal(foreground.pid(), "INT");
    assertThat(foreground.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    nothingIsLeft(pids(status), status);
  }

  private String output() throws IOException {
    return Files.readString(folder.resolve("out"));
  }

  private String[] upInForeground(String... more) {
    return Stream.of(upCommand(more))
        .filter(argument -> !argument.equals("--detach"))
        .toArray(String[]::new);
  }

  /** Whatever names the data directory on its command line. */
  private List<ProcessHandle> processes() {
    String data = folder.resolve("data").toString();
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(data))
        .toList();
  }

  @Test
  void interrupt_whileItStarts_leavesNothing() throws Exception {
    Process up = tideline.start(upInForeground());
    await().atMost(LONG).until(() -> Files.exists(folder.resolve("data/run/primary.pid")));
    signal(up.pid(), "INT");
    assertThat(up.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    await().atMost(LONG).until(() -> processes().isEmpty());
  }

  /** A successor is there before the one instance goes. */
  private void restarts() throws Exception {
    long before = status().get("instances").get(0).get("pid").longValue();
    FutureTask<Outcome> done = new FutureTask<>(() -> tideline.run("restart"));
    Thread.ofVirtual().start(done);
    int asked = 0;
    while (!done.isDone()) {
      assertThat(get("/v1/search?q=zebra").statusCode()).isEqualTo(200);
      asked++;
    }
    assertThat(asked).isPositive();
    assertThat(done.get().exitCode()).as(done.get().err()).isZero();
    assertThat(done.get().out()).contains("new: instance-2");
    JsonNode instances = status().get("instances");
    assertThat(instances).hasSize(1);
    assertThat(instances.get(0).get("pid").longValue()).isNotEqualTo(before);
  }

  @Test
  void down_nothingUp_isNoError() throws Exception {
    assertThat(tideline.run("down").exitCode()).isZero();
    Outcome restart = tideline.run("restart");
    assertThat(restart.exitCode()).isEqualTo(1);
    assertThat(restart.err()).contains("no fleet is up on");
    Outcome status = tideline.run("status", "--json");
    assertThat(status.exitCode()).isEqualTo(3);
    assertThat(status.out()).contains("\"down\"");
  }

  @Test
  void up_badOption_isExplained() throws Exception {
    assertThat(tideline.run("up", "--instances", "11").exitCode()).isEqualTo(1);
    Outcome balancer = tideline.run("up", "--balancer", "haproxy");
    assertThat(balancer.exitCode()).isEqualTo(2);
    assertThat(balancer.err()).contains("built-in or nginx");
    try (ServerSocket taken = new ServerSocket(controlPort)) {
      Outcome outcome = tideline.run(upCommand());
      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.err()).contains("port " + taken.getLocalPort(), "--control-port");
    }
  }
}
