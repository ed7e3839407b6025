package dev.tideline.engine.database;

import dev.tideline.cache.Invalidation;
import dev.tideline.cache.Stamp;
import dev.tideline.routing.Written;
import dev.tideline.routing.token.Position;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Assigns positions to invalidations. A node that has reached the position is sure to show the
 * change: it is the position of a record written after the commits had returned. The position of
 * the commit itself is not enough: a replica may show a commit that the primary still hides.
 *
 * <p>Writers that arrive while the statement runs share its next run. Thread-safe.
 */
public final class OutboxPositions {

  private static final Logger log = LoggerFactory.getLogger(OutboxPositions.class);

  private static final int ROWS_MAX = 500;

  /** Runs the statement and returns the primary's position afterwards. */
  @FunctionalInterface
  public interface Statement extends Function<Collection<Long>, Written<List<Invalidation>>> {}

  /** Receives the invalidations that are given their position here. */
  @FunctionalInterface
  public interface Announcer {
    void placed(Stamp at, List<String> tags, String reason);
  }

  private final Statement statement;
  private final ReentrantLock turn = new ReentrantLock(true);
  private @Nullable Batch open;
  private volatile @Nullable Announcer announcer;

  public OutboxPositions(Statement statement) {
    this.statement = statement;
  }

  private static final class Batch {
    private final List<Long> ids = new ArrayList<>();
    private volatile @Nullable Position position;
  }

  public void announceTo(Announcer newAnnouncer) {
    announcer = newAnnouncer;
  }

  boolean isAnnounced() {
    return announcer != null;
  }

  /**
   * Assigns a position to rows that have none.
   *
   * @return a position at which nodes show the changes; {@link Position#UNKNOWN} if none could be
   *     assigned
   */
  public Position place(List<Long> ids) {
    Batch batch = join(ids);
    turn.lock();
    try {
      Position position = batch.position;
      if (position == null) {
        shut(batch);
        position = run(batch.ids);
        batch.position = position;
      }
      return position;
    } finally {
      turn.unlock();
    }
  }

  private synchronized Batch join(List<Long> ids) {
    Batch batch = open;
    if (batch == null || batch.ids.size() + ids.size() > ROWS_MAX) {
      batch = new Batch();
      open = batch;
    }
    batch.ids.addAll(ids);
    return batch;
  }

  /** Closes a batch to further writers. */
  @SuppressWarnings("ReferenceEquality") // batches are themselves
  private synchronized void shut(Batch batch) {
    if (open == batch) {
      open = null;
    }
  }

  private Position run(List<Long> ids) {
    try {
      Written<List<Invalidation>> written = statement.apply(ids);
      String epoch = written.position().epoch();
      long marker = 0;
      Announcer told = announcer;
      for (Invalidation row : written.value()) {
        marker = Math.max(marker, row.position());
        if (told != null) {
          told.placed(new Stamp(epoch, row.position()), row.tags(), row.reason());
        }
      }
      // rows that another writer placed have an earlier position than this one
      boolean allHere = written.value().size() == ids.size() && !epoch.isEmpty();
      return allHere ? new Position(epoch, marker) : written.position();
    } catch (RuntimeException e) {
      log.warn("no position for {} invalidations: {}", ids.size(), e.getMessage());
      return Position.UNKNOWN;
    }
  }
}
