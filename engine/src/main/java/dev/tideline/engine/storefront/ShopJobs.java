package dev.tideline.engine.storefront;

import dev.tideline.engine.events.PartitionJob;
import dev.tideline.engine.features.PopularityJob;
import dev.tideline.engine.index.IndexFollower;
import dev.tideline.engine.jobs.Job;
import dev.tideline.engine.jobs.Job.Pace;
import dev.tideline.engine.recommend.NeighborJob;
import dev.tideline.engine.suggest.SuggestionJob;
import dev.tideline.engine.warming.Warmer;
import dev.tideline.engine.words.VocabularyJob;
import java.time.Duration;
import java.util.List;

/** All jobs of a shop. The command line, the schedule and the documentation follow this list. */
public final class ShopJobs {

  public static final Job VOCABULARY =
      Job.of(
          VocabularyJob.NAME,
          Duration.ofMinutes(1),
          "*/5 * * * *",
          "Count the words of the catalog again if the catalog has changed.",
          "words",
          context -> new VocabularyJob(context.store())::run);

  public static final Job POPULARITY =
      Job.of(
          PopularityJob.NAME,
          Duration.ofMinutes(5),
          "*/10 * * * *",
          "Add new events to the popularity, the trend and the counts of products.",
          "rows changed",
          context -> new PopularityJob(context.store(), context.settings().eventDailyCap())::run);

  public static final Job NEIGHBORS =
      Job.of(
          NeighborJob.NAME,
          Duration.ofMinutes(5),
          "23 3 * * *",
          "Add new events to the item graph, which recommendations come from.",
          "products have their neighbors",
          context ->
              new NeighborJob(
                      context.store(), context.progress(), context.pace() == Pace.HALF ? 1 : 0)
                  ::run);

  public static final Job SUGGESTIONS =
      Job.of(
          SuggestionJob.NAME,
          Duration.ofMinutes(5),
          "7 * * * *",
          "Compute the suggestions again from past queries and the catalog.",
          "rows changed",
          context ->
              new SuggestionJob(context.store(), context.settings().suggestionActorsMin())::run);

  public static final Job PARTITIONS =
      Job.ofInstances(
          PartitionJob.NAME,
          Duration.ofHours(6),
          "41 2 * * *",
          "Create the event partitions of the months around now, and remove those past retention.",
          "partitions");

  public static final Job WARM =
      Job.ofInstances(
          Warmer.JOB,
          Duration.ofMinutes(5),
          "",
          "Read into Redis what is asked for most, where every instance finds it.",
          "answers");

  public static final Job INDEX =
      Job.ofInstances(
          IndexFollower.JOB,
          Duration.ofMinutes(5),
          "",
          "Publish the search index, from which other instances start.",
          "products");

  public static final List<Job> ALL =
      List.of(VOCABULARY, POPULARITY, NEIGHBORS, SUGGESTIONS, PARTITIONS, WARM, INDEX);

  private ShopJobs() {}
}
