package dev.tideline.engine.words;

import dev.tideline.engine.jobs.Job;
import dev.tideline.engine.jobs.JobStore;
import java.time.Duration;

/** Counts the catalog's words anew when the catalog has changed; safe to kill at any point. */
public final class VocabularyJob implements Job {

  public static final String NAME = "vocabulary";

  private final JobStore jobs;

  public VocabularyJob(JobStore jobs) {
    this.jobs = jobs;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Duration interval() {
    return Duration.ofMinutes(1);
  }

  @Override
  public long run() {
    return jobs.inTurn(NAME, VocabularyStore::rebuildIfChanged).orElse(0L);
  }
}
