package dev.tideline.engine.recommend;

import dev.tideline.engine.jobs.Job;
import dev.tideline.engine.jobs.JobStore;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Keeps the item graph: takes in new events, then finds neighbours anew for the products that they
 * concern, some in each transaction, so that it goes on where it was killed.
 */
public final class NeighborJob implements Job {

  public static final String NAME = "neighbors";

  private final JobStore jobs;
  private final LongConsumer progress;

  /**
   * The job.
   *
   * @param progress hears how many products are done
   */
  public NeighborJob(JobStore jobs, LongConsumer progress) {
    this.jobs = jobs;
    this.progress = progress;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Duration interval() {
    return Duration.ofMinutes(10);
  }

  @Override
  public long run() {
    jobs.takeIn(NAME, NeighborStore::takeIn);
    long done = 0;
    Optional<Long> found;
    do {
      found = jobs.inTurn(NAME, NeighborStore::findSome);
      done += found.orElse(0L);
      progress.accept(done);
    } while (found.orElse(0L) > 0 && !Thread.currentThread().isInterrupted());
    return done;
  }
}
