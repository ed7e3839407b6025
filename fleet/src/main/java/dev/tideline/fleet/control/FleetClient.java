package dev.tideline.fleet.control;

import dev.tideline.embedded.process.Guard;
import dev.tideline.embedded.process.Programs;
import dev.tideline.embedded.process.ServerException;
import dev.tideline.fleet.data.DataDirectory;
import dev.tideline.fleet.data.FleetJson;
import dev.tideline.fleet.data.SupervisorFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A client for the supervisor of a data directory. */
public final class FleetClient {

  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration RESTART_TIMEOUT = Duration.ofMinutes(15);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(90);

  private final DataDirectory data;

  public FleetClient(DataDirectory data) {
    this.data = data;
  }

  /** The fleet's status; empty if its supervisor does not answer. */
  public Optional<FleetStatus> status() throws InterruptedException {
    Optional<SupervisorFile> supervisor = SupervisorFile.read(data);
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
    } catch (IOException | JacksonException e) {
      return Optional.empty(); // nothing, or another program, listens on that port
    }
  }

  /**
   * Replaces every instance, one at a time, and returns when all are replaced.
   *
   * @return the names of the new instances
   * @throws ServerException if no fleet is up, or a new instance does not become ready; the
   *     remaining instances are not replaced
   */
  public List<String> restart() throws InterruptedException {
    SupervisorFile supervisor =
        SupervisorFile.read(data)
            .orElseThrow(() -> new ServerException("no fleet is up on " + data.root()));
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
        throw new ServerException("restart failed: " + body.path("detail").asString());
      }
      return body.path("instances").valueStream().map(JsonNode::asString).toList();
    } catch (IOException | JacksonException e) {
      throw new ServerException("the fleet on " + data.root() + " does not answer", e);
    }
  }

  /**
   * Stops the fleet and any servers that an earlier supervisor left running.
   *
   * @return whether anything was running
   * @throws ServerException if the supervisor cannot be stopped or does not stop in time
   */
  public boolean stop() throws InterruptedException {
    boolean wasUp = !data.tryLock();
    if (wasUp) {
      stopSupervisor();
    }
    try {
      List<String> orphans = Guard.stopOrphans(data.pids(), data.root());
      Files.deleteIfExists(data.supervisorFile());
      return wasUp || !orphans.isEmpty();
    } catch (IOException e) {
      throw new ServerException("cannot remove " + data.supervisorFile() + ": " + e, e);
    } finally {
      data.close();
    }
  }

  /**
   * Signals only the supervisor that holds the lock. A supervisor file may be left over from an
   * earlier supervisor, so it is trusted only if the process with that pid is the same one. A
   * supervisor that has just started writes its file at once.
   */
  private void stopSupervisor() throws InterruptedException {
    Optional<ProcessHandle> asked = Optional.empty();
    long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos();
    while (!data.tryLock()) {
      Optional<ProcessHandle> supervisor =
          SupervisorFile.read(data).flatMap(SupervisorFile::process);
      if (supervisor.isPresent() && !supervisor.equals(asked)) {
        asked = supervisor;
        boolean sent = Programs.signal(supervisor.get().pid(), "TERM");
        if (!sent && supervisor.get().isAlive()) {
          throw new ServerException(
              "the supervisor (process %d) belongs to %s, and only that user can stop it"
                  .formatted(
                      supervisor.get().pid(),
                      supervisor.get().info().user().orElse("another user")));
        }
      }
      if (System.nanoTime() > deadline) {
        throw new ServerException(notStopped(asked));
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    asked.ifPresent(process ->
        process.onExit().orTimeout(10, TimeUnit.SECONDS).handle((done, late) -> done).join());
  }

  private String notStopped(Optional<ProcessHandle> asked) {
    return asked.isPresent()
        ? "the supervisor (process %d) did not stop within %d s; its log is %s"
            .formatted(
                asked.get().pid(), STOP_TIMEOUT.toSeconds(), data.logs().resolve("supervisor.log"))
        : "a supervisor holds %s, but %s does not say which process it is: find it with `fuser %s` and stop it"
            .formatted(data.lockFile(), data.supervisorFile(), data.lockFile());
  }
}
