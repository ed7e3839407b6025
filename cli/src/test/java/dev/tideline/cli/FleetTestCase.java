package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.cli.TidelineProcess.Outcome;
import dev.tideline.embedded.process.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A whole fleet of processes, as a user starts it. A class starts one in {@code @BeforeAll} for all
 * its scenarios, each of which leaves it whole, or one for each test that needs its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FleetTestCase {

  static final JsonMapper JSON = JsonMapper.builder().build();
  static final Duration LONG = Duration.ofMinutes(2);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  Path folder;
  TidelineProcess tideline;
  int port;
  int controlPort;

  /** Chooses free ports, and a folder in which the fleet's data will be. */
  void prepare(Path folder) {
    this.folder = folder;
    tideline = new TidelineProcess(folder.resolve("data"));
    Ports ports = new Ports();
    port = ports.free();
    controlPort = ports.free();
  }

  @AfterAll
  void closeClient() {
    http.close();
  }

  /** Takes the fleet down, and sees that no process and no port of it is left. */
  void down() throws Exception {
    JsonNode status = status();
    assertThat(tideline.run("down").exitCode()).isZero();
    nothingIsLeft(pids(status), status);
  }

  void up(String... more) throws InterruptedException {
    Outcome outcome = tideline.run(upCommand(more));
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
  }

  String[] upCommand(String... more) {
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

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path));
  }

  /** What the control address says; a command of its own for each look would take a second. */
  JsonNode status() throws IOException, InterruptedException {
    return JSON.readTree(send(control("/status")).body());
  }

  HttpRequest.Builder control(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + controlPort + path))
        .timeout(Duration.ofSeconds(20));
  }

  static HttpRequest.Builder at(String instance, String path) {
    return HttpRequest.newBuilder(URI.create(instance + path)).timeout(LONG);
  }

  /** The addresses of the instances, which come and go. */
  List<String> instances() throws IOException, InterruptedException {
    return status()
        .get("instances")
        .valueStream()
        .map(one -> one.get("url").stringValue())
        .toList();
  }

  long healthyInstances() throws IOException, InterruptedException {
    return status()
        .get("instances")
        .valueStream()
        .filter(one -> one.get("state").stringValue().equals("healthy"))
        .count();
  }

  String adminToken() throws IOException, InterruptedException {
    return Files.readString(Path.of(status().get("admin_token_file").stringValue())).strip();
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20));
  }

  String health() throws IOException, InterruptedException {
    return JSON.readTree(get("/health").body()).get("status").stringValue();
  }

  HttpResponse<String> postEvent(UUID id) throws IOException, InterruptedException {
    String body =
        "{\"event_id\":\"%s\",\"user_id\":\"u\",\"product_id\":\"p00001\",\"type\":\"view\"}"
            .formatted(id);
    return send(request("/v1/events").POST(BodyPublishers.ofString(body)));
  }

  static JsonNode named(JsonNode status, String kind, String name) {
    return status
        .get(kind)
        .valueStream()
        .filter(one -> one.get("name").stringValue().equals(name))
        .findFirst()
        .orElseThrow();
  }

  static void kill(JsonNode part) {
    ProcessHandle.of(part.get("pid").longValue()).orElseThrow().destroyForcibly();
  }

  static Set<Long> pids(JsonNode status) {
    Set<Long> pids = new HashSet<>();
    for (String kind : List.of("supervisor", "balancer", "redis")) {
      pids.add(status.get(kind).get("pid").longValue());
    }
    for (String kind : List.of("instances", "databases")) {
      status.get(kind).forEach(part -> pids.add(part.get("pid").longValue()));
    }
    return pids;
  }

  static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  void nothingIsLeft(Set<Long> pids, JsonNode status) {
    await().atMost(LONG).until(() -> pids.stream().noneMatch(FleetTestCase::isAlive));
    List<Integer> ports = new ArrayList<>(List.of(port, controlPort));
    ports.add(status.get("redis").get("port").intValue());
    status.get("databases").forEach(one -> ports.add(one.get("port").intValue()));
    status
        .get("instances")
        .forEach(one -> ports.add(URI.create(one.get("url").stringValue()).getPort()));
    assertThat(ports).allMatch(Ports::isFree);
  }

  void awaitHealth(String expected) {
    await().atMost(LONG).ignoreExceptions().until(() -> health().equals(expected));
  }

  /** Sends one event until it is acknowledged; what is not must be 503 with Retry-After. */
  UUID acknowledge(AtomicInteger refused) {
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

  long stored(Set<UUID> ids) throws Exception {
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

  static void signal(long pid, String signal) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor())
        .isZero();
  }
}
