package dev.tideline.engine.suggest;

import dev.tideline.engine.jobs.Job;
import dev.tideline.engine.jobs.JobStore;
import java.time.Duration;

/** Makes suggestions from past queries and the catalog; safe to kill at any point. */
public final class SuggestionJob implements Job {

  public static final String NAME = "suggestions";

  private final JobStore jobs;

  public SuggestionJob(JobStore jobs) {
    this.jobs = jobs;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Duration interval() {
    return Duration.ofMinutes(5);
  }

  @Override
  public long run() {
    return jobs.inTurn(NAME, SuggestionStore::remake).orElse(0L);
  }
}
