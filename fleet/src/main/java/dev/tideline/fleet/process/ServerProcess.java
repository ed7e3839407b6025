package dev.tideline.fleet.process;

import dev.tideline.fleet.FleetException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A server that runs as a child process: its log goes to a file, its process id too, and Ctrl-C
 * does not reach it.
 *
 * @param name unique in the fleet; names the log and the pid file
 * @param stopSignal what asks it to stop in good order
 * @param isReady whether it answers; asked again and again while it starts
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

  /** Past this size a log is set aside as {@code .1} when its server starts. */
  static final long LOG_BYTES_MAX = 64L << 20;

  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(25);
  private static final int LOG_TAIL_CHARACTERS = 2_000;

  /** A signal by which a server stops. */
  public enum StopSignal {
    TERM,
    INT
  }

  /**
   * Starts it and waits until it is ready, two minutes at most.
   *
   * @throws FleetException if it ends before, or is not ready in time; with the end of its log
   */
  public Process start() throws InterruptedException {
    try {
      rotateLog();
      long logStart = Files.exists(log) ? Files.size(log) : 0;
      Process process = spawn();
      Files.writeString(pidFile, process.pid() + " " + stopSignal + "\n");
      awaitReady(process, logStart);
      return process;
    } catch (IOException e) {
      throw new FleetException("cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  private Process spawn() throws IOException {
    List<String> line = new ArrayList<>();
    if (Programs.find("setsid").isPresent()) {
      line.add("setsid"); // a session of its own: the terminal's Ctrl-C is for the supervisor alone
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

  private void awaitReady(Process process, long logStart) throws InterruptedException, IOException {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    try {
      while (!isReady.getAsBoolean()) {
        if (process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new FleetException(
              "%s ended at start with exit code %d; the end of %s:%n%s"
                  .formatted(name, process.exitValue(), log, logTail(logStart)));
        }
        if (System.nanoTime() > deadline) {
          throw new FleetException(
              "%s was not ready within %d s; the end of %s:%n%s"
                  .formatted(name, START_TIMEOUT.toSeconds(), log, logTail(logStart)));
        }
      }
    } catch (FleetException | InterruptedException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private void rotateLog() throws IOException {
    if (Files.exists(log) && Files.size(log) > LOG_BYTES_MAX) {
      Path old = log.resolveSibling(log.getFileName() + ".1");
      Files.move(log, old, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private String logTail(long from) throws IOException {
    String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    int start = (int) Math.max(Math.min(from, text.length()), text.length() - LOG_TAIL_CHARACTERS);
    return text.substring(start);
  }

  /** Asks a process to stop, waits, and kills it if it has not. */
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
      throw new FleetException("cannot remove " + pidFile, e);
    }
  }
}
