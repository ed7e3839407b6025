package dev.tideline.engine.events;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maintains the monthly partitions of events: creates those of the coming months, removes those
 * past retention, and deletes old ids that identify duplicate events. It may be interrupted at any
 * point, run again, and run on several instances at once: no row is lost, and no row is archived
 * twice in one folder.
 */
public final class PartitionJob {

  public static final String NAME = "partitions";

  private static final Logger log = LoggerFactory.getLogger(PartitionJob.class);

  /** An event whose id is repeated within this time is a duplicate. */
  static final Duration IDS_KEPT = Duration.ofDays(7);

  private static final Duration BEHIND = Event.PAST_MAX.plusDays(1);

  /** Three months. */
  private static final Duration AHEAD = Duration.ofDays(92);

  /** The prefix of the names of detached tables. */
  private static final String DETACHED = "detached_";

  private final PartitionStore store;
  private final Optional<Retention> retention;

  /**
   * @param retention if empty, all events are kept
   */
  public PartitionJob(PartitionStore store, Optional<Retention> retention) {
    this.store = store;
    this.retention = retention;
  }

  /**
   * The result of a run.
   *
   * @param made partitions created
   * @param retired months removed
   * @param rows rows of the removed months
   * @param ids event ids deleted
   */
  public record Report(int made, int retired, long rows, long ids) {}

  public Report run(Instant now) {
    int made = store.ensure(now.minus(BEHIND), now.plus(AHEAD)).orElse(0);
    if (made > 0) {
      log.info("created {} event partitions", made);
    }
    int retired = 0;
    long rows = 0;
    if (retention.isPresent()) {
      store.detachEndedBefore(now.minus(retention.get().keep()));
      for (String table : store.detached()) {
        OptionalLong taken = retire(table, retention.get().archive());
        if (taken.isPresent()) {
          retired++;
          rows += taken.getAsLong();
        }
      }
    }
    long ids = store.pruneIds(IDS_KEPT);
    if (ids > 0) {
      log.info("deleted {} ids of events older than {} days", ids, IDS_KEPT.toDays());
    }
    return new Report(made, retired, rows, ids);
  }

  private OptionalLong retire(String table, Optional<Path> archive) {
    if (archive.isEmpty()) {
      OptionalLong rows = store.drop(table);
      rows.ifPresent(count -> log.info("dropped {} with {} rows", table, count));
      return rows;
    }
    Path file = archive.get().resolve(table.substring(DETACHED.length()) + ".csv.gz");
    OptionalLong rows = store.archive(table, file);
    rows.ifPresent(count -> log.info("archived {} to {}, {} rows", table, file, count));
    return rows;
  }
}
