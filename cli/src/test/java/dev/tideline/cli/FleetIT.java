package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.cli.TidelineProcess.Outcome;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A whole fleet of processes: started, stopped, imported into. */
final class FleetIT extends FleetTestCase {

  @Test
  void supervisorThenEverythingKilled_leavesNothing_andUpBringsTheDataBack() throws Exception {
    String[] small = {"--empty", "--instances", "1", "--replicas", "1"};
    up(small);
    UUID first = acknowledge(new AtomicInteger());
    JsonNode status = tideline.status();
    Set<Long> pids = pids(status);
    kill(status.get("supervisor"));
    nothingIsLeft(pids, status);
    assertThat(tideline.run("status").exitCode()).isEqualTo(3);

    up(small);
    UUID second = acknowledge(new AtomicInteger());
    status = tideline.status();
    List<ProcessHandle> all = processes();
    assertThat(all)
        .hasSizeGreaterThanOrEqualTo(6); // supervisor, guard, instance, two databases, Redis
    all.forEach(ProcessHandle::destroyForcibly);
    nothingIsLeft(pids(status), status);

    up(small);
    assertThat(stored(Set.of(first, second))).isEqualTo(2);
  }

  /** Whatever names the data directory on its command line. */
  private List<ProcessHandle> processes() {
    String data = folder.resolve("data").toString();
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(data))
        .toList();
  }

  @Test
  void up_whileAFleetIsUp_isRefusedAndTheFirstIsNoneTheWorse() throws Exception {
    up("--empty", "--instances", "1", "--replicas", "0");
    Outcome second = tideline.run(upCommand());
    assertThat(second.exitCode()).isEqualTo(1);
    assertThat(second.err()).contains("up already", folder.resolve("data").toString());

    TidelineProcess other = new TidelineProcess(folder.resolve("other"));
    Outcome taken = other.run(upCommand());
    assertThat(taken.exitCode()).isEqualTo(1);
    assertThat(taken.err()).contains("port " + port + " is in use");
    assertThat(other.run("down").exitCode()).isZero();

    assertThat(health()).isEqualTo("up");
    keepsItsSecrets();
    imports();
    restarts();
  }

  private void keepsItsSecrets() throws Exception {
    Path token = Path.of(tideline.status().get("admin_token_file").stringValue());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
        .isEqualTo("rw-------");
    assertThat(get("/metrics").body()).doesNotContain(Files.readString(token).strip());
    URI control = URI.create("http://127.0.0.1:" + controlPort + "/metrics");
    assertThat(http.send(HttpRequest.newBuilder(control).build(), BodyHandlers.ofString()).body())
        .contains("instances_running_total 1");
  }

  @Test
  void interrupt_whileItRunsInTheForeground_stopsEverything() throws Exception {
    Process up =
        tideline.start(
            "up",
            "--empty",
            "--instances",
            "1",
            "--replicas",
            "1",
            "--port",
            Integer.toString(port),
            "--control-port",
            Integer.toString(controlPort));
    await().atMost(LONG).ignoreExceptions().until(() -> health().equals("up"));
    await()
        .atMost(LONG)
        .until(() -> Files.readString(folder.resolve("out")).contains("Tideline is up"));
    JsonNode status = tideline.status();
    signal(up.pid(), "INT");
    assertThat(up.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    nothingIsLeft(pids(status), status);
  }

  @Test
  void interrupt_whileItStarts_leavesNothing() throws Exception {
    Process up =
        tideline.start(
            "up",
            "--port",
            Integer.toString(port),
            "--control-port",
            Integer.toString(controlPort));
    await().atMost(LONG).until(() -> Files.exists(folder.resolve("data/run/primary.pid")));
    signal(up.pid(), "INT");
    assertThat(up.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    await().atMost(LONG).until(() -> processes().isEmpty());
  }

  /** Files in, through the command, into the fleet that is up. */
  private void imports() throws Exception {
    Path good =
        Files.writeString(folder.resolve("p.csv"), "product_id,title\nx1,Zebra lamp\n,No id\n");
    Path rejects = folder.resolve("rejects.csv");
    Outcome first =
        tideline.run("import", "products", good.toString(), "--rejects", rejects.toString());
    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.out()).contains("2 rows = 1 loaded + 1 rejected", "invalid_product_id 1");
    assertThat(Files.readString(rejects)).contains(",3,invalid_product_id,");
    assertThat(JSON.readTree(get("/v1/search?q=zebra").body()).get("total").intValue())
        .isEqualTo(1);

    Path bad = Files.writeString(folder.resolve("bad.csv"), "product_id,title\n,No id\n");
    assertThat(
            tideline
                .run("import", "products", bad.toString(), "--rejects", rejects.toString())
                .exitCode())
        .isEqualTo(1);
    Outcome missing = tideline.run("import", "products", "absent.csv");
    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.err()).contains("cannot read absent.csv").doesNotContain("\tat ");
    assertThat(tideline.run("import", "bananas", good.toString()).exitCode()).isEqualTo(2);
  }

  /** A successor is there before the one instance goes. */
  private void restarts() throws Exception {
    URI restart = URI.create("http://127.0.0.1:" + controlPort + "/restart");
    HttpRequest forged =
        HttpRequest.newBuilder(restart)
            .header("Authorization", "Bearer guessed")
            .POST(BodyPublishers.noBody())
            .build();
    long before = tideline.status().get("instances").get(0).get("pid").longValue();
    assertThat(http.send(forged, BodyHandlers.ofString()).statusCode()).isEqualTo(401);
    assertThat(http.send(forged, BodyHandlers.ofString()).body()).contains("admin token");

    CompletableFuture<Outcome> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            done.complete(tideline.run("restart"));
          } catch (Exception e) {
            done.completeExceptionally(e);
          }
        });
    int asked = 0;
    while (!done.isDone()) {
      assertThat(get("/v1/search?q=zebra").statusCode()).isEqualTo(200);
      asked++;
    }
    assertThat(asked).isPositive();
    assertThat(done.get().exitCode()).as(done.get().err()).isZero();
    assertThat(done.get().out()).contains("new: instance-2");
    JsonNode instances = tideline.status().get("instances");
    assertThat(instances).hasSize(1);
    assertThat(instances.get(0).get("pid").longValue()).isNotEqualTo(before);
  }

  @Test
  void down_nothingUp_isNoError() throws Exception {
    assertThat(tideline.run("down").exitCode()).isZero();
    Outcome restart = tideline.run("restart");
    assertThat(restart.exitCode()).isEqualTo(1);
    assertThat(restart.err()).contains("nothing is up on");
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
