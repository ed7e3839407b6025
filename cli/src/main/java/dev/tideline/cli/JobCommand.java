package dev.tideline.cli;

import dev.tideline.engine.jobs.Job;
import dev.tideline.engine.jobs.Job.Pace;
import dev.tideline.engine.jobs.JobScheduler;
import dev.tideline.engine.jobs.JobStore;
import dev.tideline.engine.storefront.ShopJobs;
import dev.tideline.service.config.JobConfig;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs one job of the list now. */
@Command(mixinStandardHelpOptions = true)
final class JobCommand implements Callable<Integer> {

  private final Job job;
  @Mixin private DataOption data = new DataOption();

  private JobCommand(Job job) {
    this.job = job;
  }

  /** Adds a command for each job that is not run by instances themselves. */
  static void addTo(CommandLine jobs) {
    for (Job job : ShopJobs.ALL) {
      if (job.work().isPresent()) {
        CommandLine command = new CommandLine(new JobCommand(job));
        command
            .getCommandSpec()
            .usageMessage()
            .description(
                job.description(),
                "May be stopped at any point; the next run continues from there.")
            .footer("", "Example:", "  ./tideline jobs " + job.name());
        jobs.addSubcommand(job.name(), command);
      }
    }
  }

  /** The settings of the environment, and a store over a shop's database. */
  static Job.Context context(ShopAccess shop, Pace pace, LongConsumer progress) {
    return new Job.Context(
        new JobStore(shop.database()), JobConfig.from(System.getenv()), pace, progress);
  }

  /** Runs the jobs without which searches are poor, after a catalog or events were loaded. */
  static void runFirst(Job.Context context, String leader) {
    JobScheduler.run(ShopJobs.VOCABULARY, context, leader);
    JobScheduler.run(ShopJobs.POPULARITY, context, leader);
  }

  @Override
  public Integer call() throws InterruptedException {
    try (ShopAccess shop = ShopAccess.open(data, System.getenv());
        Progress progress = Progress.start(job.name(), 0, job.unit())) {
      Job.Context context = context(shop, Pace.FULL, progress::reach);
      long count = JobScheduler.run(job, context, "jobs " + job.name());
      progress.done();
      System.out.printf("%d %s%n", count, job.unit());
      return 0;
    }
  }
}
