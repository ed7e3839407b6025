package dev.tideline.embedded.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A server that runs as a child process. Its output goes to a log file, its process id to a pid
 * file, and it does not receive Ctrl-C.
 *
 * @param name unique in the fleet; the log and the pid file are named after it
 * @param stopSignal signal that requests a clean shutdown
 * @param isReady whether the server answers; polled while it starts
 */
public record ServerProcess(
    String name,
    List<String> command,
    Map<String, String> environment,
    Path directory,
    Path log,
    Path pidFile,
    StopSignal stopSignal,
    BooleanSupplier isReady) {

  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(25);
  private static final int LOG_TAIL_CHARACTERS = 2_000;

  /** A signal that stops a server. */
  public enum StopSignal {
    TERM,
    INT
  }

  /**
   * Starts the server and waits until it is ready, for at most two minutes.
   *
   * @param isGivenUp whether to abandon the start; polled while the server starts
   * @throws ServerException if the server exits, is not ready in time, or the start is abandoned;
   *     unless abandoned, the message contains the end of the log
   */
  Process start(BooleanSupplier isGivenUp) throws InterruptedException {
    try {
      long logStart = Files.exists(log) ? Files.size(log) : 0;
      Process process = spawn();
      remember(process);
      awaitReady(process, logStart, isGivenUp);
      return process;
    } catch (IOException e) {
      throw new ServerException("cannot start " + name + ": " + e, e);
    }
  }

  /** The guard finds servers by their pid files, so a server without one must not keep running. */
  private void remember(Process process) throws IOException {
    try {
      StateFile.write(pidFile, new PidFile(ProcessMark.of(process.pid()), stopSignal).text());
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private Process spawn() throws IOException {
    List<String> line = new ArrayList<>();
    if (Programs.find("setsid").isPresent()) {
      line.add("setsid"); // a new session, so that Ctrl-C reaches only the supervisor
    }
    line.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private void awaitReady(Process process, long logStart, BooleanSupplier isGivenUp)
      throws InterruptedException, IOException {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    try {
      while (!isReady.getAsBoolean()) {
        if (isGivenUp.getAsBoolean()) {
          throw new ServerException(name + " was closed while starting");
        }
        if (process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new ServerException(
              "%s exited during startup with exit code %d; end of %s:%n%s"
                  .formatted(name, process.exitValue(), log, logTail(logStart)));
        }
        if (System.nanoTime() > deadline) {
          throw new ServerException(
              "%s was not ready within %d s; end of %s:%n%s"
                  .formatted(name, START_TIMEOUT.toSeconds(), log, logTail(logStart)));
        }
      }
    } catch (ServerException | InterruptedException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private String logTail(long from) throws IOException {
    String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    int start = (int) Math.max(Math.min(from, text.length()), text.length() - LOG_TAIL_CHARACTERS);
    return text.substring(start);
  }

  /** Requests a clean shutdown, waits, and kills the process if it is still running. */
  void stop(Process process, Duration grace) throws InterruptedException {
    if (process.isAlive()) {
      Programs.signal(process.pid(), stopSignal.name());
      if (!process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    }
    try {
      Files.deleteIfExists(pidFile);
    } catch (IOException e) {
      throw new ServerException("cannot remove " + pidFile, e);
    }
  }
}
