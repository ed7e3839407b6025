package dev.tideline.engine.jobs;

import dev.tideline.cache.BackgroundLoop;
import dev.tideline.routing.node.RoutingException;
import dev.tideline.routing.route.ReadContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs jobs when they are due, each on its own thread. Several schedulers may run; a job that one
 * of them has just run is not due for the others. Thread-safe.
 */
public final class JobScheduler implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(JobScheduler.class);

  /** The longest time between two checks whether a job is due. */
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(10);

  private final JobStore store;
  private final String leader;
  private final Clock clock;
  private final List<BackgroundLoop> loops = new ArrayList<>();

  private JobScheduler(JobStore store, String leader, Clock clock) {
    this.store = store;
    this.leader = leader;
    this.clock = clock;
  }

  /**
   * Starts the jobs that instances do not run themselves.
   *
   * @param leader a readable name of the process that runs the jobs
   */
  public static JobScheduler start(
      List<Job> jobs, Job.Context context, String leader, Clock clock) {
    JobScheduler scheduler = new JobScheduler(context.store(), leader, clock);
    for (Job job : jobs) {
      job.work()
          .ifPresent(work -> {
            LongSupplier prepared = work.prepare(context);
            scheduler.loops.add(
                BackgroundLoop.start(
                    "job-" + job.name(), () -> scheduler.keepRunning(job, prepared)));
          });
    }
    return scheduler;
  }

  /**
   * Runs a job now, and records its times and its count.
   *
   * @throws IllegalArgumentException if instances run it themselves
   */
  public static long run(Job job, Job.Context context, String leader) {
    Job.Work work =
        job.work()
            .orElseThrow(() -> new IllegalArgumentException(job.name() + " is run by instances"));
    return run(job, work.prepare(context), context.store(), leader);
  }

  private static long run(Job job, LongSupplier work, JobStore store, String leader) {
    store.started(job.name(), leader);
    long count = work.getAsLong();
    store.ended(job.name(), leader, count);
    return count;
  }

  private boolean keepRunning(Job job, LongSupplier work) throws InterruptedException {
    runIfDue(job, work);
    TimeUnit.NANOSECONDS.sleep(Math.min(LOOK_INTERVAL.toNanos(), job.interval().toNanos()));
    return true;
  }

  private void runIfDue(Job job, LongSupplier work) {
    try {
      if (isDue(job)) {
        long start = System.nanoTime();
        long rows = run(job, work, store, leader);
        log.info(
            "job {}: {} {} in {} ms",
            job.name(),
            rows,
            job.unit(),
            Duration.ofNanos(System.nanoTime() - start).toMillis());
      }
    } catch (RoutingException e) {
      log.debug("no database to run job {} on", job.name(), e);
    } catch (RuntimeException e) {
      log.error("job {} failed; it will be tried again", job.name(), e);
    }
  }

  private boolean isDue(Job job) {
    Instant now = clock.instant();
    return store.states(ReadContext.strong()).stream()
        .filter(state -> state.job().equals(job.name()))
        .noneMatch(state ->
            state.endedAt().filter(ended -> ended.plus(job.interval()).isAfter(now)).isPresent());
  }

  /** Waits until the scheduler is closed. */
  public void await() throws InterruptedException {
    for (BackgroundLoop loop : loops) {
      loop.join(ChronoUnit.FOREVER.getDuration());
    }
  }

  @Override
  public void close() {
    loops.forEach(BackgroundLoop::close);
  }
}
