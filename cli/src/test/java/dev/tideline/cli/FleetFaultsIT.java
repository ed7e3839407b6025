package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.fleet.process.Programs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What becomes of a whole fleet when parts of it are killed, or hang. */
final class FleetFaultsIT extends FleetTestCase {

  private static final int LOAD_PER_SECOND = 200;
  private static final int LOAD_THREADS = 16;
  private static final List<String> THINGS =
      List.of(
          "Coffee grinder", "Wine glass", "Teddy bear", "Yoga mat", "Rain jacket", "Floor lamp");

  /** Searches at a steady rate, and what came of them. */
  private final class Load implements AutoCloseable {
    final AtomicInteger answered = new AtomicInteger();
    final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();

    Load() {
      for (int i = 0; i < LOAD_THREADS; i++) {
        int first = i;
        threads.add(Thread.ofVirtual().start(() -> run(first)));
      }
    }

    private void run(int number) {
      long pause = TimeUnit.SECONDS.toNanos(1) * LOAD_THREADS / LOAD_PER_SECOND;
      long due = System.nanoTime() + number * pause / LOAD_THREADS;
      String[] queries = {
        "coffee+grinder", "wine+glass", "teddy+bear", "yoga+mat", "rain+jacket", "floor+lamp"
      };
      for (int i = number; !stop.get(); i++) {
        LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
        due += pause;
        String path = "/v1/search?q=" + queries[i % queries.length];
        try {
          HttpResponse<String> answer = get(path);
          if (answer.statusCode() != 200) {
            failures.add(answer.statusCode() + " " + answer.body());
          }
        } catch (IOException e) {
          failures.add(e.toString());
        } catch (InterruptedException e) {
          return;
        }
        answered.incrementAndGet();
      }
    }

    void awaitMore(int count) {
      int goal = answered.get() + count;
      await().atMost(LONG).until(() -> answered.get() >= goal);
    }

    @Override
    public void close() {
      stop.set(true);
      await().atMost(LONG).until(() -> threads.stream().noneMatch(Thread::isAlive));
    }
  }

  @Test
  void killEachPart_searchesGoOnAndNothingAcknowledgedIsLost() throws Exception {
    up("--empty");
    JsonNode status = tideline.status();
    fillShop(status);
    assertThat(status.get("state").stringValue()).isEqualTo("up");
    bothInstancesAnswer();

    try (Load load = new Load()) {
      load.awaitMore(LOAD_PER_SECOND);
      kill(named(status, "instances", "instance-1"));
      load.awaitMore(2 * LOAD_PER_SECOND);
      assertThat(load.failures).as("an instance was killed").isEmpty();
      await().atMost(LONG).until(() -> healthyInstances() == 2);

      kill(named(status, "databases", "replica-1"));
      load.awaitMore(2 * LOAD_PER_SECOND);
      assertThat(load.failures).as("a replica was killed").isEmpty();
      awaitHealth("up");

      kill(status.get("redis"));
      load.awaitMore(LOAD_PER_SECOND);
      assertThat(load.failures).as("Redis was killed").isEmpty();
      awaitHealth("up");

      Set<UUID> acknowledged = eventsWhileThePrimaryDies(named(status, "databases", "primary"));
      assertThat(load.failures).as("the primary was killed").isEmpty();
      awaitHealth("up");
      assertThat(stored(acknowledged)).isEqualTo(acknowledged.size());
    }

    Set<Long> pids = pids(tideline.status());
    assertThat(tideline.run("down").exitCode()).isZero();
    nothingIsLeft(pids, status);
  }

  /** A small catalog, quickly: not the sample shop, beside which the item graph would be made. */
  private void fillShop(JsonNode status) throws Exception {
    StringBuilder products = new StringBuilder();
    for (int i = 0; i < 600; i++) {
      products.append(
          "{\"product_id\":\"p%05d\",\"title\":\"%s %d\",\"price\":%d.5,\"currency\":\"USD\"}\n"
              .formatted(i, THINGS.get(i % THINGS.size()), i, i));
    }
    String token = Files.readString(Path.of(status.get("admin_token_file").stringValue())).strip();
    HttpResponse<String> stored =
        http.send(
            request("/v1/products/batch")
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(products.toString()))
                .build(),
            BodyHandlers.ofString());
    assertThat(stored.statusCode()).as(stored.body()).isEqualTo(200);
  }

  @Test
  void killAnInstance_behindNginx_searchesGoOn() throws Exception {
    if (System.getenv("CI") == null) {
      assumeThat(Programs.find("nginx")).as("nginx is installed").isPresent();
    }
    up("--empty", "--replicas", "1", "--balancer", "nginx", "--balancing", "least-connections");
    JsonNode status = tideline.status();
    assertThat(status.get("balancer").get("kind").stringValue()).isEqualTo("nginx");
    try (Load load = new Load()) {
      load.awaitMore(LOAD_PER_SECOND / 2);
      kill(named(status, "instances", "instance-2"));
      load.awaitMore(2 * LOAD_PER_SECOND);
      await().atMost(LONG).until(() -> healthyInstances() == 2);
      load.awaitMore(LOAD_PER_SECOND / 2);
      assertThat(load.failures).isEmpty();
    }
    Set<Long> pids = pids(tideline.status());
    assertThat(tideline.run("down").exitCode()).isZero();
    nothingIsLeft(pids, status);
  }

  private void bothInstancesAnswer() throws Exception {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      seen.add(get("/v1/search?q=lamp").headers().firstValue("tideline-instance").orElse(""));
    }
    assertThat(seen).containsExactlyInAnyOrder("instance-1", "instance-2");
  }

  private long healthyInstances() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + controlPort + "/status")).build();
    return JSON.readTree(http.send(request, BodyHandlers.ofString()).body())
        .get("instances")
        .valueStream()
        .filter(one -> one.get("state").stringValue().equals("healthy"))
        .count();
  }

  private Set<UUID> eventsWhileThePrimaryDies(JsonNode primary) throws Exception {
    Set<UUID> acknowledged = new HashSet<>();
    AtomicInteger refused = new AtomicInteger();
    for (int i = 0; i < 20; i++) {
      acknowledged.add(acknowledge(refused));
    }
    kill(primary);
    acknowledged.add(acknowledge(refused)); // as soon as it can be written again
    return acknowledged;
  }

  @Test
  void primaryAndRedisHang_healthStillAnswersAndSaysDegraded() throws Exception {
    up("--empty");
    JsonNode status = tideline.status();
    long primary = named(status, "databases", "primary").get("pid").longValue();
    long redis = status.get("redis").get("pid").longValue();
    signal(primary, "STOP");
    signal(redis, "STOP");
    try {
      // A stopped postmaster takes no new connection: the probes find out, searches go on
      // elsewhere.
      await()
          .atMost(LONG)
          .untilAsserted(() -> {
            assertThat(health()).isEqualTo("degraded");
            assertThat(get("/v1/search?q=lamp").statusCode()).isEqualTo(200);
          });
    } finally {
      signal(primary, "CONT");
      signal(redis, "CONT");
    }
    awaitHealth("up");
  }

  /** A database and all its processes: a stopped postmaster's others would go on answering. */
  private static List<Long> processes(JsonNode status) {
    List<Long> all = new ArrayList<>();
    status
        .get("databases")
        .forEach(database -> {
          long pid = database.get("pid").longValue();
          all.add(pid);
          ProcessHandle.of(pid).orElseThrow().descendants().forEach(one -> all.add(one.pid()));
        });
    return all;
  }

  private HttpResponse<String> ask(String instance) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(instance + "/health")).timeout(LONG).build(),
        BodyHandlers.ofString());
  }

  @Test
  void everyDatabaseHangs_healthSays503AtOnce_instancesAreOutAndBack() throws Exception {
    up("--empty", "--instances", "2", "--replicas", "1", "--health-interval", "1s");
    JsonNode status = tideline.status();
    List<Long> stopped = processes(status);
    List<String> instances =
        status.get("instances").valueStream().map(one -> one.get("url").stringValue()).toList();
    for (long pid : stopped) {
      signal(pid, "STOP");
    }
    long start = System.nanoTime();
    try {
      for (String instance : instances) {
        await()
            .atMost(LONG)
            .until(() -> {
              long asked = System.nanoTime();
              HttpResponse<String> answer = ask(instance);
              // ten times what is promised, for a busy machine
              assertThat(Duration.ofNanos(System.nanoTime() - asked))
                  .isLessThan(Duration.ofSeconds(10));
              return answer.statusCode() == 503 && answer.body().contains("down");
            });
        System.out.printf(
            "/health says 503 %d ms after all databases hang%n",
            Duration.ofNanos(System.nanoTime() - start).toMillis());
      }
      await().atMost(LONG).until(() -> healthyInstances() == 0);
      System.out.printf(
          "all instances are out after %d ms, with a check a second%n",
          Duration.ofNanos(System.nanoTime() - start).toMillis());
      assertThat(get("/health/live").statusCode()).as("alive all the same").isEqualTo(200);
    } finally {
      for (long pid : stopped) {
        signal(pid, "CONT");
      }
    }
    await().atMost(LONG).until(() -> healthyInstances() == 2);
    awaitHealth("up");
  }
}
