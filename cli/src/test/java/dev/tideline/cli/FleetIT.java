package dev.tideline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.cli.TidelineProcess.Outcome;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What users and operators do with a fleet that is up, and what becomes of it when parts die. */
final class FleetIT extends FleetTestCase {

  private static final int INSTANCES = 3;
  private static final int LOAD_PER_SECOND = 60;
  private static final List<String> THINGS =
      List.of(
          "Coffee grinder", "Wine glass", "Teddy bear", "Yoga mat", "Rain jacket", "Floor lamp");

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    prepare(folder);
    up(
        "--empty",
        "--instances=" + INSTANCES,
        "--replicas=2",
        "--autoscale=off",
        "--health-interval=1s");
    fillShop();
  }

  @AfterAll
  void stop() throws Exception {
    down();
  }

  private FleetLoad searches() {
    return new FleetLoad(
        this,
        LOAD_PER_SECOND,
        THINGS.stream().map(thing -> "/v1/search?q=" + thing.replace(' ', '+')).toList());
  }

  /** A small catalog, quickly: not the sample shop, beside which the item graph would be made. */
  private void fillShop() throws Exception {
    StringBuilder products = new StringBuilder();
    for (int i = 0; i < 600; i++) {
      products.append(
          "{\"product_id\":\"p%05d\",\"title\":\"%s %d\",\"price\":%d.5,\"currency\":\"USD\"}\n"
              .formatted(i, THINGS.get(i % THINGS.size()), i, i));
    }
    var stored =
        send(
            request("/v1/products/batch")
                .header("Authorization", "Bearer " + adminToken())
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(products.toString())));
    assertThat(stored.statusCode()).as(stored.body()).isEqualTo(200);
  }

  private void awaitAllHealthy() {
    await().atMost(LONG).until(() -> healthyInstances() == INSTANCES);
    awaitHealth("up");
  }

  @Test
  void killEachPart_searchesGoOnAndNothingAcknowledgedIsLost() throws Exception {
    everyInstanceAnswers();
    JsonNode status = status();
    try (FleetLoad load = searches()) {
      load.awaitMore(LOAD_PER_SECOND);
      kill(status.get("instances").get(0));
      load.awaitMore(2 * LOAD_PER_SECOND);
      assertThat(load.failures()).as("an instance was killed").isEmpty();
      awaitAllHealthy();

      long hung = status.get("instances").get(1).get("pid").longValue();
      signal(hung, "STOP");
      await().atMost(LONG).until(() -> !isAlive(hung));
      awaitAllHealthy();
      assertThat(load.failures()).as("an instance hung").isEmpty();

      kill(named(status, "databases", "replica-1"));
      load.awaitMore(2 * LOAD_PER_SECOND);
      assertThat(load.failures()).as("a replica was killed").isEmpty();
      awaitHealth("up");

      kill(status.get("redis"));
      load.awaitMore(LOAD_PER_SECOND);
      assertThat(load.failures()).as("Redis was killed").isEmpty();
      awaitHealth("up");

      Set<UUID> acknowledged = eventsWhileThePrimaryDies(named(status, "databases", "primary"));
      assertThat(load.failures()).as("the primary was killed").isEmpty();
      awaitAllHealthy();
      assertThat(stored(acknowledged)).isEqualTo(acknowledged.size());
    }
  }

  private void everyInstanceAnswers() throws Exception {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 5 * INSTANCES; i++) {
      seen.add(get("/v1/search?q=lamp").headers().firstValue("tideline-instance").orElse(""));
    }
    assertThat(seen)
        .containsExactlyInAnyOrderElementsOf(
            status()
                .get("instances")
                .valueStream()
                .map(one -> one.get("name").stringValue())
                .toList());
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
    JsonNode status = status();
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
    awaitAllHealthy();
  }

  /** The databases and all their processes: a stopped postmaster's others would go on answering. */
  private static List<Long> databaseProcesses(JsonNode status) {
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

  @Test
  void everyDatabaseHangs_healthSays503AtOnce_instancesAreOutAndBack() throws Exception {
    List<Long> stopped = databaseProcesses(status());
    List<String> instances = instances();
    for (long pid : stopped) {
      signal(pid, "STOP");
    }
    long start = System.nanoTime();
    try {
      for (String instance : instances) {
        await().atMost(LONG).until(() -> saysDown(instance));
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
    awaitAllHealthy();
  }

  private boolean saysDown(String instance) throws Exception {
    long asked = System.nanoTime();
    var answer = send(at(instance, "/health"));
    // ten times what is promised, for a busy machine
    assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(10));
    return answer.statusCode() == 503 && answer.body().contains("down");
  }

  @Test
  void secondUp_isRefusedAndTheFirstIsNoneTheWorse() throws Exception {
    Outcome second = tideline.run(upCommand());
    assertThat(second.exitCode()).isEqualTo(1);
    assertThat(second.err()).contains("already up", folder.resolve("data").toString());

    TidelineProcess other = new TidelineProcess(folder.resolve("other"));
    Outcome taken = other.run(upCommand());
    assertThat(taken.exitCode()).isEqualTo(1);
    assertThat(taken.err()).contains("port " + port + " is in use");
    assertThat(other.run("down").exitCode()).isZero();

    assertThat(health()).isEqualTo("up");
  }

  @Test
  void secrets_areForTheirOwnerAlone() throws Exception {
    Path token = Path.of(status().get("admin_token_file").stringValue());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
        .isEqualTo("rw-------");
    assertThat(get("/metrics").body()).doesNotContain(adminToken());
    assertThat(send(control("/metrics")).body()).contains("instances_running_total " + INSTANCES);

    var forged =
        send(
            control("/restart")
                .header("Authorization", "Bearer guessed")
                .POST(BodyPublishers.noBody()));
    assertThat(forged.statusCode()).isEqualTo(401);
    assertThat(forged.body()).contains("admin token");
  }

  /**
   * Nothing of them stands on a command line, or in a file that others of the machine can reach.
   */
  @Test
  void secrets_areTakenFromFilesThatOthersCannotRead() throws Exception {
    Path data = folder.resolve("data");
    List<String> secrets = new ArrayList<>();
    try (Stream<Path> files = Files.list(data.resolve("secrets"))) {
      for (Path file : files.toList()) {
        secrets.add(Files.readString(file).strip());
      }
    }
    assertThat(secrets).hasSizeGreaterThanOrEqualTo(7).allMatch(secret -> secret.length() >= 16);
    ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .filter(line -> line.contains(data.toString()))
        .forEach(line -> assertThat(line).doesNotContain(secrets));
    Files.walkFileTree(data, new OpenFiles(secrets));
  }

  /** Looks into the files that others can read, in the folders that they can pass. */
  private static final class OpenFiles extends SimpleFileVisitor<Path> {
    private final List<String> secrets;

    OpenFiles(List<String> secrets) {
      this.secrets = secrets;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path one, BasicFileAttributes attributes)
        throws IOException {
      return Files.getPosixFilePermissions(one).contains(PosixFilePermission.OTHERS_EXECUTE)
          ? FileVisitResult.CONTINUE
          : FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path one, BasicFileAttributes attributes) throws IOException {
      if (Files.getPosixFilePermissions(one).contains(PosixFilePermission.OTHERS_READ)) {
        assertThat(Files.readString(one, StandardCharsets.ISO_8859_1))
            .as(one.toString())
            .doesNotContain(secrets);
      }
      return FileVisitResult.CONTINUE;
    }
  }

  /** Files in, through the command, into the fleet that is up. */
  @Test
  void imports_goIntoTheFleetThatIsUp() throws Exception {
    Path good =
        Files.writeString(folder.resolve("p.csv"), "product_id,title\nx1,Zebra lamp\n,No id\n");
    Path rejects = folder.resolve("rejects.csv");
    Outcome first =
        tideline.run("import", "products", good.toString(), "--rejects", rejects.toString());
    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.out()).contains("2 rows = 1 loaded + 1 rejected", "invalid_product_id 1");
    assertThat(Files.readString(rejects)).contains(",\"3\",\"invalid_product_id\",");
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

  /**
   * A session whose every request goes to another instance, one of which is replaced in between, is
   * answered as one that stays with a single instance.
   */
  @Test
  void everyRequestToAnotherInstance_isAnsweredAsByOne() throws Exception {
    Sessions sessions = new Sessions(this);
    sessions.load();
    String stays = instances().getFirst();
    for (int i = 0; i < Sessions.VIEWED.size(); i++) {
      sessions.view(stays, "stays", Sessions.VIEWED.get(i));
      sessions.view(sessions.next(), "wanders", Sessions.VIEWED.get(i));
      if (i == 1) {
        JsonNode killed = status().get("instances").get(1);
        kill(killed);
        await().atMost(LONG).until(() -> !pids(status()).contains(killed.get("pid").longValue()));
        await().atMost(LONG).until(() -> healthyInstances() == INSTANCES);
      }
    }
    // A job may be due in between, of the fleet's whole catalog: then all are asked once more.
    await()
        .atMost(LONG)
        .untilAsserted(() -> {
          Sessions.Answer byOne = sessions.answer(stays, "stays");
          assertThat(byOne.seen()).containsExactlyElementsOf(Sessions.VIEWED.reversed());
          assertThat(byOne.found()).hasSize(20);
          assertThat(byOne.recommended()).hasSize(20);
          for (String instance : instances()) {
            assertThat(sessions.answer(instance, "wanders")).as(instance).isEqualTo(byOne);
          }
        });
  }
}
