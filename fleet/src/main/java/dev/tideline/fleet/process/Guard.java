package dev.tideline.fleet.process;

import dev.tideline.fleet.FleetException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Leaves no server behind, whatever becomes of the supervisor.
 *
 * <p>A small shell process holds the far end of a pipe; when the supervisor is gone, even by
 * SIGKILL, the pipe ends and the shell stops every server that has a pid file. Should the shell be
 * killed too, {@link #stopOrphans} does the same at the next start. A pid is believed only if that
 * process's command line names the data directory.
 */
public final class Guard implements AutoCloseable {

  private static final int ORPHAN_GRACE_SECONDS = 20;

  private final Process shell;

  private Guard(Process shell) {
    this.shell = shell;
  }

  /** Starts the guard over the pid files in a folder. */
  public static Guard start(Path pidFolder, Path data) {
    try {
      List<String> command = new ArrayList<>();
      if (Programs.find("setsid").isPresent()) {
        command.add("setsid");
      }
      command.addAll(
          List.of("sh", "-c", script(), "tideline-guard", pidFolder.toString(), data.toString()));
      return new Guard(
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      throw new FleetException("cannot start the guard", e);
    }
  }

  private static String script() throws IOException {
    try (InputStream in = Guard.class.getResourceAsStream("guard.sh")) {
      if (in == null) {
        throw new IOException("guard.sh is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /**
   * Stops what an earlier supervisor left running.
   *
   * @return the names of the servers stopped
   */
  public static List<String> stopOrphans(Path pidFolder, Path data) throws InterruptedException {
    List<String> stopped = new ArrayList<>();
    List<ProcessHandle> orphans = new ArrayList<>();
    for (Path file : pidFiles(pidFolder)) {
      String[] words = read(file).strip().split(" ", 2);
      Optional<ProcessHandle> orphan =
          words.length == 2 ? live(Long.parseLong(words[0]), data) : Optional.empty();
      if (orphan.isPresent()) {
        Programs.signal(orphan.get().pid(), words[1]);
        orphans.add(orphan.get());
        stopped.add(String.valueOf(file.getFileName()).replace(".pid", ""));
      }
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ORPHAN_GRACE_SECONDS);
    for (ProcessHandle orphan : orphans) {
      while (orphan.isAlive() && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
      orphan.destroyForcibly();
    }
    for (Path file : pidFiles(pidFolder)) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new FleetException("cannot remove " + file, e);
      }
    }
    return stopped;
  }

  private static Optional<ProcessHandle> live(long pid, Path data) {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> process.info().commandLine().orElse("").contains(data.toString()));
  }

  private static List<Path> pidFiles(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".pid")).toList();
    } catch (IOException e) {
      throw new FleetException("cannot read " + folder, e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new FleetException("cannot read " + file, e);
    }
  }

  /** Lets the guard go; it finds nothing left to stop. */
  @Override
  public void close() {
    try {
      shell.getOutputStream().close();
      if (!shell.waitFor(30, TimeUnit.SECONDS)) {
        shell.destroyForcibly();
      }
    } catch (IOException e) {
      shell.destroyForcibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
