package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.cli.TidelineProcess.Outcome;
import dev.tideline.fleet.process.Ports;
import dev.tideline.fleet.process.Programs;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A whole fleet of processes, as a user starts it, and what becomes of it when parts of it are
 * killed.
 */
final class FleetIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final int LOAD_PER_SECOND = 200;
  private static final int LOAD_THREADS = 16;

  @TempDir Path folder;
  private TidelineProcess tideline;
  private HttpClient http;
  private int port;
  private int controlPort;

  @BeforeEach
  void prepare() {
    tideline = new TidelineProcess(folder.resolve("data"));
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    Ports ports = new Ports();
    port = ports.free();
    controlPort = ports.free();
  }

  @AfterEach
  void down() throws Exception {
    http.close();
    assertThat(tideline.run("down").exitCode()).isZero();
  }

  private void up(String... more) throws InterruptedException {
    Outcome outcome = tideline.run(upCommand(more));
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
  }

  private String[] upCommand(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "up",
                "--detach",
                "--port",
                Integer.toString(port),
                "--control-port",
                Integer.toString(controlPort)));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20));
  }

  private String health() throws IOException, InterruptedException {
    return JSON.readTree(get("/health").body()).get("status").stringValue();
  }

  private HttpResponse<String> postEvent(UUID id) throws IOException, InterruptedException {
    String body =
        "{\"event_id\":\"%s\",\"user_id\":\"u\",\"product_id\":\"p00001\",\"type\":\"view\"}"
            .formatted(id);
    return http.send(
        request("/v1/events").POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  private static JsonNode named(JsonNode status, String kind, String name) {
    return status
        .get(kind)
        .valueStream()
        .filter(one -> one.get("name").stringValue().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void kill(JsonNode part) {
    ProcessHandle.of(part.get("pid").longValue()).orElseThrow().destroyForcibly();
  }

  private static Set<Long> pids(JsonNode status) {
    Set<Long> pids = new HashSet<>();
    for (String kind : List.of("supervisor", "balancer", "redis")) {
      pids.add(status.get(kind).get("pid").longValue());
    }
    for (String kind : List.of("instances", "databases")) {
      status.get(kind).forEach(part -> pids.add(part.get("pid").longValue()));
    }
    return pids;
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  private void nothingIsLeft(Set<Long> pids, JsonNode status) {
    await().atMost(LONG).until(() -> pids.stream().noneMatch(FleetIT::isAlive));
    List<Integer> ports = new ArrayList<>(List.of(port, controlPort));
    ports.add(status.get("redis").get("port").intValue());
    status.get("databases").forEach(one -> ports.add(one.get("port").intValue()));
    status
        .get("instances")
        .forEach(one -> ports.add(URI.create(one.get("url").stringValue()).getPort()));
    assertThat(ports).allMatch(Ports::isFree);
  }

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
    up();
    JsonNode status = tideline.status();
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

  private void awaitHealth(String expected) {
    await().atMost(LONG).ignoreExceptions().until(() -> health().equals(expected));
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

  /** Sends one event until it is acknowledged; what is not must be 503 with Retry-After. */
  private UUID acknowledge(AtomicInteger refused) {
    UUID id = UUID.randomUUID();
    await()
        .atMost(LONG)
        .until(() -> {
          HttpResponse<String> answer = postEvent(id);
          if (answer.statusCode() == 202) {
            return true;
          }
          assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
          assertThat(answer.headers().firstValue("retry-after")).isPresent();
          refused.incrementAndGet();
          return false;
        });
    return id;
  }

  private long stored(Set<UUID> ids) throws Exception {
    JsonNode primary = named(tideline.status(), "databases", "primary");
    String url =
        String.format(
            Locale.ROOT,
            "jdbc:postgresql://%s:%d/%s",
            primary.get("host").stringValue(),
            primary.get("port").intValue(),
            primary.get("database").stringValue());
    try (var connection =
            DriverManager.getConnection(
                url,
                primary.get("admin_user").stringValue(),
                primary.get("admin_password").stringValue());
        var statement =
            connection.prepareStatement("SELECT count(*) FROM events WHERE event_id = ANY (?)")) {
      statement.setArray(1, connection.createArrayOf("uuid", ids.toArray()));
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
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

  private static void signal(long pid, String signal) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor())
        .isZero();
  }

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

  @Test
  void down_nothingUp_isNoError() throws Exception {
    assertThat(tideline.run("down").exitCode()).isZero();
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
