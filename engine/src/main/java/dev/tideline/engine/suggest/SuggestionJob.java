package dev.tideline.engine.suggest;

import dev.tideline.engine.jobs.JobStore;

/** Computes suggestions from past queries and the catalog; safe to kill at any point. */
public final class SuggestionJob {

  public static final String NAME = "suggestions";

  private final JobStore jobs;
  private final int actorsMin;

  public SuggestionJob(JobStore jobs) {
    this(jobs, SuggestionStore.ACTORS_MIN);
  }

  /**
   * The job.
   *
   * @param actorsMin how many different users and sessions must have sent a query before it is
   *     suggested; 1 or more
   */
  public SuggestionJob(JobStore jobs, int actorsMin) {
    if (actorsMin < 1) {
      throw new IllegalArgumentException("one actor at least, not " + actorsMin);
    }
    this.jobs = jobs;
    this.actorsMin = actorsMin;
  }

  /** Runs the job; returns how many rows changed. */
  public long run() {
    return jobs.runExclusively(NAME, handle -> SuggestionStore.remake(handle, actorsMin))
        .orElse(0L);
  }
}
