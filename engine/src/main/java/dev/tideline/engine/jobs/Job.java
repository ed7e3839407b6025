package dev.tideline.engine.jobs;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Work that is run periodically. It may be killed at any point, and continues from there in the
 * next run; if two runs overlap, one of them has nothing to do.
 *
 * @param name the name in {@code ./tideline jobs} and {@code GET /admin/v1/jobs}
 * @param interval how long after the end of its last run it is due, in a process that keeps running
 * @param cron the schedule for a scheduler that starts a process for each run, which costs more
 *     than most runs; empty if it should not be run like that
 * @param description what it does, for help
 * @param unit the unit that a run counts
 * @param work empty if the instances run it themselves, and a separate command runs it by hand
 */
public record Job(
    String name,
    Duration interval,
    String cron,
    String description,
    String unit,
    Optional<Work> work) {

  /** The dependencies of a run. */
  public record Context(JobStore store, JobSettings settings, Pace pace, LongConsumer progress) {}

  /** The pace of long work. */
  public enum Pace {
    /** Without pauses. */
    FULL,
    /** Pauses for half of the time, to leave the database to shoppers. */
    HALF
  }

  /** Prepares the work, once for all runs of a process. */
  @FunctionalInterface
  public interface Work {
    /** Work whose runs return how many of the unit changed. */
    LongSupplier prepare(Context context);
  }

  public static Job of(
      String name, Duration interval, String cron, String description, String unit, Work work) {
    return new Job(name, interval, cron, description, unit, Optional.of(work));
  }

  /** A job that instances run themselves. */
  public static Job ofInstances(
      String name, Duration interval, String cron, String description, String unit) {
    return new Job(name, interval, cron, description, unit, Optional.empty());
  }
}
