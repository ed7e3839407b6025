package dev.tideline.fleet;

import dev.tideline.fleet.process.Guard;
import dev.tideline.fleet.process.Programs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** Talks to the supervisor of a data directory from another process. */
public final class FleetClient {

  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration RESTART_TIMEOUT = Duration.ofMinutes(15);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(90);

  /** What a supervisor writes down about itself when it starts. */
  record SupervisorFile(long pid, int controlPort) {}

  private final DataDirectory data;

  public FleetClient(DataDirectory data) {
    this.data = data;
  }

  /** The fleet's status, unless no supervisor answers. */
  public Optional<FleetStatus> status() throws InterruptedException {
    Optional<SupervisorFile> supervisor = supervisor();
    if (supervisor.isEmpty()) {
      return Optional.empty();
    }
    URI uri = URI.create("http://127.0.0.1:" + supervisor.get().controlPort() + "/status");
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(uri).timeout(ANSWER_TIMEOUT).build(), BodyHandlers.ofString());
      return answer.statusCode() == 200
          ? Optional.of(FleetJson.MAPPER.readValue(answer.body(), FleetStatus.class))
              .filter(status -> status.supervisor().pid() == supervisor.get().pid())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Puts a new instance in the place of each, one after another; returns when that is done.
   *
   * @return the names of the new ones
   * @throws FleetException if no fleet is up, or a new instance does not become ready; the rest
   *     stays as it was
   */
  public List<String> restart() throws InterruptedException {
    SupervisorFile supervisor =
        supervisor().orElseThrow(() -> new FleetException("nothing is up on " + data.root()));
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + supervisor.controlPort() + "/restart"))
            .timeout(RESTART_TIMEOUT)
            .header("Authorization", "Bearer " + data.secret(DataDirectory.ADMIN_TOKEN))
            .POST(BodyPublishers.noBody())
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      JsonNode body = FleetJson.MAPPER.readTree(answer.body());
      if (answer.statusCode() != 200) {
        throw new FleetException("no restart: " + body.path("detail").asString());
      }
      return body.path("instances").valueStream().map(JsonNode::asString).toList();
    } catch (IOException e) {
      throw new FleetException("the fleet on " + data.root() + " does not answer", e);
    }
  }

  /**
   * Stops the fleet and whatever an earlier supervisor left.
   *
   * @return whether anything was running
   * @throws FleetException if the supervisor does not end in time
   */
  public boolean stop() throws InterruptedException {
    boolean wasUp = false;
    Optional<ProcessHandle> process =
        supervisor().flatMap(supervisor -> ProcessHandle.of(supervisor.pid()));
    if (!data.tryLock()) {
      wasUp = true;
      if (process.isPresent()) {
        Programs.signal(process.get().pid(), "TERM");
      }
      long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos();
      while (!data.tryLock()) {
        if (System.nanoTime() > deadline) {
          throw new FleetException(
              "the supervisor%s did not stop within %d s; its log is %s"
                  .formatted(
                      process.map(p -> " (process " + p.pid() + ")").orElse(""),
                      STOP_TIMEOUT.toSeconds(),
                      data.logs().resolve("supervisor.log")));
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
      if (process.isPresent()) {
        process.get().onExit().orTimeout(10, TimeUnit.SECONDS).handle((done, late) -> done).join();
      }
    }
    try {
      List<String> orphans = Guard.stopOrphans(data.pids(), data.root());
      Files.deleteIfExists(data.supervisorFile());
      return wasUp || !orphans.isEmpty();
    } catch (IOException e) {
      throw new FleetException("cannot remove " + data.supervisorFile(), e);
    } finally {
      data.close();
    }
  }

  private Optional<SupervisorFile> supervisor() {
    Path file = data.supervisorFile();
    try {
      return Files.exists(file)
          ? Optional.of(FleetJson.MAPPER.readValue(Files.readString(file), SupervisorFile.class))
          : Optional.empty();
    } catch (IOException e) {
      throw new FleetException("cannot read " + file, e);
    }
  }
}
