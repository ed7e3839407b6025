package dev.tideline.cli;

import dev.tideline.engine.events.PartitionJob;
import dev.tideline.engine.events.PartitionStore;
import dev.tideline.engine.events.Retention;
import dev.tideline.engine.index.IndexFollower;
import dev.tideline.engine.index.IndexSettings;
import dev.tideline.engine.jobs.Job.Pace;
import dev.tideline.engine.jobs.JobScheduler;
import dev.tideline.engine.storefront.ShopJobs;
import dev.tideline.engine.warming.Warmer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs one job now. */
@Command(
    name = "jobs",
    mixinStandardHelpOptions = true,
    description = "Run a job now, on a local fleet or on the databases named in the environment.",
    footer = {
      "",
      "Examples:",
      "  ./tideline jobs popularity",
      "  ./tideline jobs neighbors",
      "  ./tideline jobs warm",
      "  ./tideline jobs partitions"
    })
final class JobsCommand {

  /** A catalog of millions is indexed in minutes. */
  private static final Duration INDEX_WAIT = Duration.ofHours(1);

  @Command(
      name = "warm",
      mixinStandardHelpOptions = true,
      description = {
        "Load the most frequent answers into Redis, where every instance finds them.",
        "A fleet does this itself, when an instance starts and every five minutes."
      })
  int warm(@Mixin DataOption data) throws InterruptedException {
    try (ShopAccess shop = ShopAccess.open(data, System.getenv());
        Progress progress = Progress.start("warm", 0, "answers")) {
      Warmer.Report report = ShopWarming.run(shop, shop.redisUrl(), progress::reach);
      progress.done();
      System.out.printf(
          "%d of %d answers read in %.1f s%n",
          report.read(), report.wanted(), report.took().toMillis() / 1e3);
      return report.read() == 0 ? 1 : 0;
    }
  }

  @Command(
      name = "index",
      mixinStandardHelpOptions = true,
      description = {
        "Bring the published search index up to date, from which instances start.",
        "Instances that search with Lucene do this themselves, every five minutes."
      },
      footer = {"", "Example:", "  ./tideline jobs index"})
  int index(@Mixin DataOption data) throws InterruptedException, IOException {
    Path folder = Files.createTempDirectory("tideline-index");
    try (ShopAccess shop = ShopAccess.open(data, System.getenv());
        IndexFollower index = IndexFollower.open(shop.database(), IndexSettings.in(folder));
        Progress progress = Progress.start("index", 0, "products")) {
      if (!index.awaitIndex(INDEX_WAIT)) {
        throw new CommandException("the index was not built; is the database up?");
      }
      Optional<Integer> published = index.publish();
      progress.done();
      System.out.println(
          published
              .map(products -> "published an index of %d products".formatted(products))
              .orElse("the published index is up to date"));
      return 0;
    } finally {
      Files.deleteIfExists(folder);
    }
  }

  @Command(
      name = "run",
      mixinStandardHelpOptions = true,
      description = {
        "Run vocabulary, popularity, neighbors and suggestions when they are due, until stopped.",
        "A fleet does this itself. Several may run: each job runs once at a time."
      })
  int run(@Mixin DataOption data) throws InterruptedException {
    try (ShopAccess shop = ShopAccess.open(data, System.getenv());
        JobScheduler scheduler =
            JobScheduler.start(
                ShopJobs.ALL,
                JobCommand.context(shop, Pace.HALF, done -> {}),
                "jobs run",
                Clock.systemUTC())) {
      System.out.println("running jobs when they are due; stop with Ctrl-C");
      scheduler.await();
      return 0;
    }
  }

  @Command(
      name = "partitions",
      mixinStandardHelpOptions = true,
      description = {
        "Create the event partitions of the months around now, and remove those past retention.",
        "With --keep, months that ended longer ago are archived to gzip CSV files, then dropped."
      },
      footer = {
        "",
        "Examples:",
        "  ./tideline jobs partitions",
        "  ./tideline jobs partitions --keep 400 --archive /var/backups/events"
      })
  int partitions(
      @Mixin DataOption data,
      @Option(
              names = "--keep",
              paramLabel = "DAYS",
              description = "Days to keep events, 90 or more (default: keep all).")
          @Nullable Integer keepDays,
      @Option(
              names = "--archive",
              paramLabel = "DIR",
              description = "Folder for the archives of months past retention.")
          @Nullable Path archive,
      @Option(
              names = "--drop-without-archive",
              description = "Drop months past retention without archiving them.")
          boolean drop)
      throws InterruptedException {
    Optional<Retention> retention = retention(keepDays, archive, drop);
    try (ShopAccess shop = ShopAccess.open(data, System.getenv())) {
      PartitionStore store = new PartitionStore(shop.database());
      PartitionJob.Report report =
          new PartitionJob(store, retention).run(Clock.systemUTC().instant());
      System.out.printf(
          "created %d partitions, removed %d months with %d rows; %d partitions now, %d rows in the default partition%n",
          report.made(),
          report.retired(),
          report.rows(),
          store.statistics().partitions(),
          store.statistics().rowsInDefault());
      return 0;
    }
  }

  private static Optional<Retention> retention(
      @Nullable Integer keepDays, @Nullable Path archive, boolean drop) {
    if (keepDays == null) {
      if (archive != null || drop) {
        throw new CommandException("--archive and --drop-without-archive need --keep DAYS");
      }
      return Optional.empty();
    }
    if ((archive == null) != drop) {
      throw new CommandException("--keep needs either --archive DIR or --drop-without-archive");
    }
    try {
      return Optional.of(new Retention(Duration.ofDays(keepDays), Optional.ofNullable(archive)));
    } catch (IllegalArgumentException e) {
      throw new CommandException(String.valueOf(e.getMessage()));
    }
  }
}
