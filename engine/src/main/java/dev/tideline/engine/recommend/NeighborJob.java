package dev.tideline.engine.recommend;

import dev.tideline.engine.jobs.JobStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * Maintains the item graph: adds new events, then finds the neighbours of the affected products
 * again, a batch in each transaction, so that a job that was killed continues where it stopped.
 */
public final class NeighborJob {

  public static final String NAME = "neighbors";

  private static final Duration PRUNE_INTERVAL = Duration.ofDays(1);

  private final JobStore jobs;
  private final LongConsumer progress;
  private final double rest;
  private long pruneDue = System.nanoTime();

  /**
   * The job.
   *
   * @param progress receives how many products are done
   * @param rest the pause after each batch, as a multiple of the time of the batch, to leave the
   *     database to shoppers; 0 or more
   */
  public NeighborJob(JobStore jobs, LongConsumer progress, double rest) {
    this.jobs = jobs;
    this.progress = progress;
    this.rest = rest;
  }

  /** Runs the job; returns how many rows changed. */
  public long run() {
    jobs.addEvents(NAME, NeighborStore::addEvents);
    if (System.nanoTime() - pruneDue >= 0) {
      jobs.runExclusively(NAME, NeighborStore::prune);
      pruneDue = System.nanoTime() + PRUNE_INTERVAL.toNanos();
    }
    long done = 0;
    Optional<Long> found;
    do {
      long start = System.nanoTime();
      found = jobs.runExclusively(NAME, NeighborStore::findSome);
      done += found.orElse(0L);
      progress.accept(done);
      LockSupport.parkNanos((long) (rest * (System.nanoTime() - start)));
    } while (found.orElse(0L) > 0 && !Thread.currentThread().isInterrupted());
    return done;
  }
}
