package dev.tideline.engine.outbox;

import dev.tideline.cache.BackgroundLoop;
import dev.tideline.cache.InvalidationLog;
import dev.tideline.engine.database.OutboxPositions;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.routing.token.Position;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of invalidations that caches follow. Rows without a position, because their writer is not
 * Tideline or has died, are given one by the instance that finds them. Thread-safe.
 */
public final class Outbox implements InvalidationLog, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Outbox.class);

  /** The reason of an administrator's invalidations. */
  public static final String MANUAL = "manual";

  private static final Duration PRUNE_INTERVAL = Duration.ofMinutes(10);

  private final ShopDatabase database;
  private final OutboxStore store;
  private final AtomicBoolean placing = new AtomicBoolean();
  private final BackgroundLoop pruning;

  public Outbox(ShopDatabase database) {
    this.database = database;
    this.store = new OutboxStore(database);
    this.pruning = BackgroundLoop.every(PRUNE_INTERVAL, "outbox-prune", this::prune);
  }

  /** Announces this instance's writes from now on, and rows that it found without a position. */
  public void announceTo(OutboxPositions.Announcer announcer) {
    database.positions().announceTo(announcer);
  }

  /**
   * Invalidates tags on behalf of an administrator.
   *
   * @param tags {@code keys:CACHE:KEY} with {@code *} for anything clears keys, {@link
   *     dev.tideline.cache.Tags#ALL} everything
   * @return the position from which caches show the state of the database
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
