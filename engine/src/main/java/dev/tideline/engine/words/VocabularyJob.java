package dev.tideline.engine.words;

import dev.tideline.engine.jobs.JobStore;

/** Counts the catalog's words anew when the catalog has changed; safe to kill at any point. */
public final class VocabularyJob {

  public static final String NAME = "vocabulary";

  private final JobStore jobs;

  public VocabularyJob(JobStore jobs) {
    this.jobs = jobs;
  }

  /** Does what there is to do; returns how many rows changed. */
  public long run() {
    return jobs.runExclusively(NAME, VocabularyStore::rebuildIfChanged).orElse(0L);
  }
}
