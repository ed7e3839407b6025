package dev.tideline.engine.features;

import dev.tideline.engine.jobs.JobStore;

/**
 * Takes new events into popularity, trend and counts of products; safe to kill at any point. One
 * actor, a user or else a session, counts only so often a day for a product and a type of event.
 * Where that was another number before, all events are counted anew.
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
   * @param dailyCap of one actor, how many events of a type and a product count in a day; 1 or more
   */
  public PopularityJob(JobStore jobs, int dailyCap) {
    if (dailyCap < 1) {
      throw new IllegalArgumentException("one event a day at least, not " + dailyCap);
    }
    this.jobs = jobs;
    this.dailyCap = dailyCap;
  }

  /** Does what there is to do; returns how many rows changed. */
  public long run() {
    return jobs.addEvents(
                NAME,
                "cap " + dailyCap,
                (handle, range) -> FeatureStore.addEvents(handle, range, dailyCap))
            .orElse(0L)
        + jobs.runExclusively(NAME, FeatureStore::rankPrices).orElse(0L);
  }
}
