package dev.tideline.engine.features;

import dev.tideline.engine.jobs.Job;
import dev.tideline.engine.jobs.JobStore;
import java.time.Duration;

/** Takes new events into popularity, trend and counts of products; safe to kill at any point. */
public final class PopularityJob implements Job {

  public static final String NAME = "popularity";

  private final JobStore jobs;

  public PopularityJob(JobStore jobs) {
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
    return jobs.takeIn(NAME, FeatureStore::takeIn).orElse(0L)
        + jobs.inTurn(NAME, FeatureStore::rankPrices).orElse(0L);
  }
}
