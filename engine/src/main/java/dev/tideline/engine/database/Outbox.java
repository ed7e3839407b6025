package dev.tideline.engine.database;

import dev.tideline.cache.InvalidationLog;
import dev.tideline.cache.Stamp;
import dev.tideline.engine.Periodic;
import dev.tideline.routing.Position;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of invalidations as caches follow it. Rows that nobody gives a position, because their
 * writer is not ours or has died, get one from who finds them. Thread-safe.
 */
public final class Outbox implements InvalidationLog, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Outbox.class);

  private static final String MANUAL = "manual";
  private static final Duration PRUNE_INTERVAL = Duration.ofMinutes(10);

  private final ShopDatabase database;
  private final OutboxStore store;
  private final AtomicBoolean placing = new AtomicBoolean();
  private final Periodic pruning;

  public Outbox(ShopDatabase database) {
    this.database = database;
    this.store = new OutboxStore(database);
    this.pruning = Periodic.start("outbox-prune", PRUNE_INTERVAL, this::prune);
  }

  /** Hears of an invalidation that has got its position here. */
  @FunctionalInterface
  public interface Announcer {
    void placed(Stamp at, List<String> tags, String reason);
  }

  /** Tells of this instance's writes from now on, and of those it found without a position. */
  public void announceTo(Announcer announcer) {
    database.positions().announceTo(announcer);
  }

  /**
   * Invalidates tags on behalf of somebody who knows better.
   *
   * @param tags {@code keys:CACHE:KEY} with {@code *} for anything clears keys, {@link
   *     dev.tideline.cache.Tags#ALL} everything
   * @return from which place on caches show what the database has
   */
  public Position invalidate(List<String> tags) {
    return store.invalidate(tags, MANUAL);
  }

  @Override
  public Page start() {
    return adopting(store.start());
  }

  @Override
  public Page read(long after, Collection<Long> pending) {
    return adopting(store.read(after, pending));
  }

  private Page adopting(OutboxStore.Read read) {
    List<Long> orphans = read.orphans();
    if (!orphans.isEmpty() && placing.compareAndSet(false, true)) {
      Thread.ofVirtual()
          .name("outbox-orphans")
          .start(() -> {
            try {
              database.positions().place(orphans);
            } finally {
              placing.set(false);
            }
          });
    }
    return read.page();
  }

  private void prune() {
    try {
      store.prune();
    } catch (RuntimeException e) {
      log.debug("the outbox cannot be pruned now", e);
    }
  }

  @Override
  public void close() {
    pruning.close();
  }
}
