package dev.tideline.service.instance;

import dev.tideline.cache.BackgroundLoop;
import dev.tideline.engine.events.PartitionJob;
import dev.tideline.engine.events.PartitionStore;
import dev.tideline.engine.events.PartitionStore.Statistics;
import dev.tideline.engine.storefront.ShopJobs;
import dev.tideline.routing.node.RoutingException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the partition job from time to time, and watches how the partitions are. */
final class PartitionKeeper implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PartitionKeeper.class);

  private static final Duration LOOK_INTERVAL = Duration.ofMinutes(1);
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final PartitionJob job;
  private final PartitionStore store;
  private final Consumer<Statistics> metrics;
  private final Clock clock;
  private final BackgroundLoop loop;
  private Instant due = Instant.MIN;

  PartitionKeeper(
      PartitionJob job, PartitionStore store, Consumer<Statistics> metrics, Clock clock) {
    this.job = job;
    this.store = store;
    this.metrics = metrics;
    this.clock = clock;
    this.loop = BackgroundLoop.start("partitions", this::round);
  }

  private boolean round() throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep((keep() ? LOOK_INTERVAL : RETRY).toNanos());
    return true;
  }

  private boolean keep() {
    try {
      Statistics seen = store.statistics();
      metrics.accept(seen);
      if (seen.rowsInDefault() > 0) {
        log.warn(
            "{} events are in the default partition; creating the partitions of their months",
            seen.rowsInDefault());
      }
      Instant now = clock.instant();
      if (seen.rowsInDefault() > 0 || !now.isBefore(due)) {
        job.run(now);
        due = now.plus(ShopJobs.PARTITIONS.interval());
        metrics.accept(store.statistics());
      }
      return true;
    } catch (RoutingException e) {
      log.debug("no database to keep partitions on", e);
      return false;
    } catch (RuntimeException e) {
      log.error("cannot maintain the event partitions", e);
      return false;
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
