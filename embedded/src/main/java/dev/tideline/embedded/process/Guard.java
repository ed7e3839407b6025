package dev.tideline.embedded.process;

import dev.tideline.embedded.process.ServerProcess.StopSignal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Stops the servers when the supervisor ends, however it ends.
 *
 * <p>A small shell process reads from a pipe. When the supervisor ends, even by SIGKILL, the pipe
 * closes and the shell stops every server that has a pid file. If the shell is killed too, {@link
 * #stopOrphans} does the same at the next start. A pid is trusted only if the process started at
 * the time in the file and its command line contains the data directory.
 */
public final class Guard implements AutoCloseable {

  private static final int ORPHAN_GRACE_SECONDS = 20;

  private final Process shell;

  private Guard(Process shell) {
    this.shell = shell;
  }

  /** Starts the guard for the pid files in a folder. */
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
      throw new ServerException("cannot start the guard", e);
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
   * Stops the servers that an earlier supervisor left running. If a pid file is damaged, searches
   * all processes for servers of the data directory.
   *
   * @return the names of the servers stopped
   */
  public static List<String> stopOrphans(Path pidFolder, Path data) throws InterruptedException {
    Map<ProcessHandle, StopSignal> orphans = new LinkedHashMap<>();
    List<String> stopped = new ArrayList<>();
    List<Path> files = pidFiles(pidFolder);
    boolean torn = false;
    for (Path file : files) {
      Optional<PidFile> known = read(file).flatMap(PidFile::parse);
      torn |= known.isEmpty();
      Optional<ProcessHandle> orphan =
          known.flatMap(server -> server.process().find(data.toString()));
      if (orphan.isPresent()) {
        orphans.put(orphan.get(), known.get().stopSignal());
        stopped.add(String.valueOf(file.getFileName()).replace(PidFile.SUFFIX, ""));
      }
    }
    if (torn) {
      OrphanedServers.of(data)
          .forEach((process, signal) -> {
            if (orphans.putIfAbsent(process, signal) == null) {
              stopped.add("process " + process.pid());
            }
          });
    }
    stop(orphans);
    files.forEach(Guard::remove);
    return stopped;
  }

  private static void stop(Map<ProcessHandle, StopSignal> orphans) throws InterruptedException {
    for (Map.Entry<ProcessHandle, StopSignal> orphan : orphans.entrySet()) {
      Programs.signal(orphan.getKey().pid(), orphan.getValue().name());
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ORPHAN_GRACE_SECONDS);
    for (ProcessHandle orphan : orphans.keySet()) {
      while (orphan.isAlive() && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
      orphan.destroyForcibly();
    }
  }

  private static List<Path> pidFiles(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(PidFile.SUFFIX)).toList();
    } catch (IOException e) {
      throw new ServerException("cannot read the folder " + folder + ": " + e, e);
    }
  }

  private static Optional<String> read(Path file) {
    try {
      return StateFile.read(file);
    } catch (IOException e) {
      return Optional.empty(); // treated like a damaged file
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new ServerException("cannot delete the pid file " + file + "; delete it: " + e, e);
    }
  }

  /** Ends the guard. Call it after the servers have stopped. */
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
