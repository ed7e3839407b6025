package dev.tideline.cli;

import dev.tideline.engine.database.Schema;
import dev.tideline.engine.jobs.Job.Pace;
import dev.tideline.engine.jobs.JobScheduler;
import dev.tideline.engine.sample.SampleShop;
import dev.tideline.engine.sample.SampleStore;
import dev.tideline.engine.storefront.ShopJobs;
import dev.tideline.fleet.Fleet;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/** Makes the tables, and in an empty database the sample shop. */
final class ShopBootstrap implements Fleet.Bootstrap {

  /** The same for everyone, so that everyone sees the same shop. */
  private static final long SEED = 42;

  private final boolean empty;
  private final Clock clock;

  ShopBootstrap(boolean empty, Clock clock) {
    this.empty = empty;
    this.clock = clock;
  }

  @Override
  public void prepare(String jdbcUrl, String user, String password) throws InterruptedException {
    Schema.migrate(jdbcUrl, user, password);
    if (empty) {
      return;
    }
    try (ShopAccess shop = ShopAccess.open(jdbcUrl, user, password)) {
      SampleStore store = new SampleStore(shop.database());
      if (!store.isEmpty()) {
        return;
      }
      SampleShop.Size size = SampleShop.Size.usual(clock.instant().truncatedTo(ChronoUnit.SECONDS));
      long rows = (long) size.products() + size.users() + size.events();
      try (Progress progress = Progress.start("sample shop", rows, "rows")) {
        store.load(new SampleShop(SEED, size), progress::reach);
        progress.done();
      }
      JobCommand.runFirst(JobCommand.context(shop, Pace.FULL, done -> {}), "up");
    }
  }

  /** The jobs, whenever they are due. */
  @Override
  public AutoCloseable accompany(String jdbcUrl, String user, String password)
      throws InterruptedException {
    ShopAccess shop = ShopAccess.open(jdbcUrl, user, password);
    JobScheduler scheduler =
        JobScheduler.start(
            ShopJobs.ALL,
            JobCommand.context(shop, Pace.HALF, done -> {}),
            "fleet",
            Clock.systemUTC());
    return () -> {
      scheduler.close();
      shop.close();
    };
  }
}
