package dev.tideline.engine.features;

import dev.tideline.engine.jobs.JobStore;

/**
 * Adds new events to the popularity, trend and counts of products; safe to kill at any point. The
 * events of one actor (a user, or else a session) for a product and type count only up to a daily
 * limit. If the limit has changed, all events are recounted.
 */
public final class PopularityJob {

  public static final String NAME = "popularity";

  private final JobStore jobs;
  private final int dailyCap;

  public PopularityJob(JobStore jobs) {
    this(jobs, FeatureStore.DAILY_CAP);
  }

  /**
   * The job.
   *
   * @param dailyCap how many events of one actor, type and product count in a day; 1 or more
   */
  public PopularityJob(JobStore jobs, int dailyCap) {
    if (dailyCap < 1) {
      throw new IllegalArgumentException("one event a day at least, not " + dailyCap);
    }
    this.jobs = jobs;
    this.dailyCap = dailyCap;
  }

  /** Runs the job; returns how many rows changed. */
  public long run() {
    return jobs.addEvents(
                NAME,
                "cap " + dailyCap,
                (handle, range) -> FeatureStore.addEvents(handle, range, dailyCap))
            .orElse(0L)
        + jobs.runExclusively(NAME, FeatureStore::rankPrices).orElse(0L);
  }
}
