package dev.tideline.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;
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

  /** Of a group or a thread that is in none, as version 1 counts. */
  private static final int USUAL_WEIGHT = 1024;

  private final Path group;
  private final boolean isFirst;

  private CpuShare(Path group, boolean isFirst) {
    this.group = group;
    this.isFirst = isFirst;
  }

  /**
   * Moves it there; empty if that cannot be done here.
   *
   * @param cores 0.3 is three tenths of one
   */
  public static Optional<CpuShare> of(String name, long pid, double cores) {
    return group(name, pid).filter(share -> share.limit(cores));
  }

  /** Moves it there, and lets others go before it where there is not enough for all. */
  public static Optional<CpuShare> inBackground(String name, long pid) {
    return group(name, pid).filter(share -> share.weigh(USUAL_WEIGHT / 8));
  }

  private static Optional<CpuShare> group(String name, long pid) {
    boolean first = Files.isWritable(V1.resolve("cgroup.procs"));
    Path group = (first ? V1 : V2).resolve("tideline-bench-" + name);
    try {
      Files.createDirectories(group);
      ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
      for (ProcessHandle process :
          Stream.concat(Stream.of(server), server.descendants()).toList()) {
        Files.writeString(group.resolve("cgroup.procs"), Long.toString(process.pid()));
      }
      return Optional.of(new CpuShare(group, first));
    } catch (IOException | NoSuchElementException e) {
      return Optional.empty();
    }
  }

  /** Takes its turn among the others as they do. */
  public boolean toForeground() {
    return weigh(USUAL_WEIGHT);
  }

  /** Holds it to so many cores; answers whether that could be done. */
  public boolean limit(double cores) {
    int quota = (int) (cores * PERIOD_MICROS);
    return isFirst
        ? write("cpu.cfs_period_us", Integer.toString(PERIOD_MICROS))
            && write("cpu.cfs_quota_us", Integer.toString(quota))
        : write("cpu.max", quota + " " + PERIOD_MICROS);
  }

  private boolean weigh(int weight) {
    return isFirst
        ? write("cpu.shares", Integer.toString(weight))
        : write("cpu.weight", Integer.toString(100 * weight / USUAL_WEIGHT));
  }

  private boolean write(String file, String value) {
    try {
      Files.writeString(group.resolve(file), value);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(group); // its processes have ended
  }
}
