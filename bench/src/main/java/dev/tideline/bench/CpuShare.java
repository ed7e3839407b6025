package dev.tideline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Holds a server and all its processes to a share of a core, by a control group of Linux (version 1
 * or 2). Where these may not be made there is none.
 */
public final class CpuShare implements AutoCloseable {

  /**
   * Short, so that who has used up its share waits a few milliseconds and not a tenth of a second.
   */
  private static final int PERIOD_MICROS = 10_000;

  private static final Path V1 = Path.of("/sys/fs/cgroup/cpu");
  private static final Path V2 = Path.of("/sys/fs/cgroup");

  private final Path group;

  private CpuShare(Path group) {
    this.group = group;
  }

  /**
   * Moves it there; empty if that cannot be done here.
   *
   * @param cores 0.3 is three tenths of one
   */
  public static Optional<CpuShare> of(String name, long pid, double cores) {
    boolean first = Files.isWritable(V1.resolve("cgroup.procs"));
    Path group = (first ? V1 : V2).resolve("tideline-bench-" + name);
    int quota = (int) (cores * PERIOD_MICROS);
    try {
      Files.createDirectories(group);
      if (first) {
        Files.writeString(group.resolve("cpu.cfs_period_us"), Integer.toString(PERIOD_MICROS));
        Files.writeString(group.resolve("cpu.cfs_quota_us"), Integer.toString(quota));
      } else {
        Files.writeString(group.resolve("cpu.max"), quota + " " + PERIOD_MICROS);
      }
      ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
      for (ProcessHandle process :
          Stream.concat(Stream.of(server), server.descendants()).toList()) {
        Files.writeString(group.resolve("cgroup.procs"), Long.toString(process.pid()));
      }
      return Optional.of(new CpuShare(group));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(group); // its processes have ended
  }
}
