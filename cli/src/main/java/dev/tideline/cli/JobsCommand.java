package dev.tideline.cli;

import dev.tideline.engine.events.EventStore;
import dev.tideline.engine.features.FeatureStore;
import java.time.Clock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs one job now. */
@Command(
    name = "jobs",
    mixinStandardHelpOptions = true,
    description = "Run a job now, on a local fleet or on the databases named in the environment.",
    footer = {"", "Examples:", "  ./tideline jobs popularity", "  ./tideline jobs partitions"})
final class JobsCommand {

  @Command(
      name = "popularity",
      mixinStandardHelpOptions = true,
      description = "Compute popularity and trend of every product from the events of 90 days.")
  int popularity(@Mixin DataOption data) throws InterruptedException {
    try (ShopAccess shop = ShopAccess.open(data, System.getenv())) {
      int changed = new FeatureStore(shop.database()).recompute();
      System.out.println(changed + " products changed");
      return 0;
    }
  }

  @Command(
      name = "partitions",
      mixinStandardHelpOptions = true,
      description = "Make the event partitions of the months around now.")
  int partitions(@Mixin DataOption data) throws InterruptedException {
    try (ShopAccess shop = ShopAccess.open(data, System.getenv())) {
      int made = new EventStore(shop.database()).ensurePartitions(Clock.systemUTC().instant());
      System.out.println(made + " partitions made");
      return 0;
    }
  }
}
