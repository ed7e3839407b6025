package dev.tideline.cli;

import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.features.PopularityJob;
import dev.tideline.engine.jobs.Job;
import dev.tideline.engine.jobs.JobScheduler;
import dev.tideline.engine.jobs.JobStore;
import dev.tideline.engine.recommend.NeighborJob;
import dev.tideline.engine.suggest.SuggestionJob;
import dev.tideline.engine.words.VocabularyJob;
import dev.tideline.service.config.JobConfig;
import java.time.Clock;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * The jobs that keep what is derived from the catalog and the events up to date, with the settings
 * of the environment.
 */
final class ShopJobs {

  private final JobStore store;
  private final Job vocabulary;
  private final Job popularity;
  private final Job neighbors;
  private final Job suggestions;

  /**
   * The jobs of a shop.
   *
   * @param progress hears how many products have their neighbours
   */
  ShopJobs(ShopDatabase database, LongConsumer progress) {
    this(database, progress, 0);
  }

  private ShopJobs(ShopDatabase database, LongConsumer progress, double rest) {
    store = new JobStore(database);
    vocabulary = new VocabularyJob(store);
    JobConfig config = JobConfig.from(System.getenv());
    popularity = new PopularityJob(store, config.eventDailyCap());
    neighbors = new NeighborJob(store, progress, rest);
    suggestions = new SuggestionJob(store, config.suggestionActorsMin());
  }

  /** The same for running beside shoppers: half of the time, long work rests. */
  static ShopJobs beside(ShopDatabase database) {
    return new ShopJobs(database, done -> {}, 1);
  }

  /** Runs those that searches are poor without, after a catalog or events were loaded. */
  void runFirst(String leader) {
    run(vocabulary, leader);
    run(popularity, leader);
  }

  long runVocabulary() {
    return run(vocabulary, "jobs vocabulary");
  }

  long runPopularity() {
    return run(popularity, "jobs popularity");
  }

  long runNeighbors() {
    return run(neighbors, "jobs neighbors");
  }

  long runSuggestions() {
    return run(suggestions, "jobs suggestions");
  }

  private long run(Job job, String leader) {
    return JobScheduler.run(job, store, leader);
  }

  /** Runs each whenever it is due, until it is closed. */
  JobScheduler schedule(String leader) {
    return JobScheduler.start(
        List.of(vocabulary, popularity, neighbors, suggestions), store, leader, Clock.systemUTC());
  }
}
