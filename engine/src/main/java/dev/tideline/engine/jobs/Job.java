package dev.tideline.engine.jobs;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Work that is done from time to time. It may be killed at any point, and continues from there when
 * it is run again; where two run at once, one of them has nothing to do.
 *
 * @param name as {@code ./tideline jobs} and {@code GET /admin/v1/jobs} name it
 * @param interval how long after its last end it is due, for what runs all the time
 * @param cron when a scheduler that starts a process each time runs it; such a start costs more
 *     than most runs; empty if none should
 * @param description what it does, for help
 * @param unit of what a run counts
 * @param work empty if the instances do it by themselves, and a command with options of its own
 */
public record Job(
    String name,
    Duration interval,
    String cron,
    String description,
    String unit,
    Optional<Work> work) {

  /** What a run needs. */
  public record Context(JobStore store, JobSettings settings, Pace pace, LongConsumer progress) {}

  /** How hard long work is done. */
  public enum Pace {
    /** Without pauses. */
    FULL,
    /** Half of the time, beside shoppers. */
    HALF
  }

  /** Makes the work ready, once for all runs of a process. */
  @FunctionalInterface
  public interface Work {
    /** Work whose runs return how many of the unit changed. */
    LongSupplier prepare(Context context);
  }

  public static Job of(
      String name, Duration interval, String cron, String description, String unit, Work work) {
    return new Job(name, interval, cron, description, unit, Optional.of(work));
  }

  /** A job that instances do by themselves. */
  public static Job ofInstances(
      String name, Duration interval, String cron, String description, String unit) {
    return new Job(name, interval, cron, description, unit, Optional.empty());
  }
}
