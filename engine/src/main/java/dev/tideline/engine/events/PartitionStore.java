package dev.tideline.engine.events;

import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.jobs.JobStore;
import dev.tideline.routing.route.ReadContext;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.postgresql.PGConnection;

/** The monthly partitions of the events. Thread-safe, and safe on several instances at once. */
public final class PartitionStore {

  /**
   * If a lock is not acquired within this time, the next run tries again, so that others do not
   * queue behind it.
   */
  private static final String SHORT_LOCKS = "SET LOCAL lock_timeout = '3s'";

  /** The most ids that one transaction deletes. */
  static final int IDS_PART = 20_000;

  /** The most ids that one run deletes. */
  private static final int IDS_MAX = 50_000_000;

  /** Skips rows that another run has locked. */
  private static final String PRUNE_IDS =
      """
      DELETE FROM event_ids WHERE event_id = ANY (ARRAY(
        SELECT event_id FROM event_ids WHERE seen_at < now() - CAST(:age AS interval)
        LIMIT :part FOR UPDATE SKIP LOCKED))
      """;

  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final String UNDEFINED_TABLE = "42P01";

  private final ShopDatabase database;

  public PartitionStore(ShopDatabase database) {
    this.database = database;
  }

  /**
   * Creates the partitions for the times from first to last, and for rows in the default partition.
   *
   * @return how many are new; empty if another instance has locked the partitions
   */
  OptionalInt ensure(Instant first, Instant last) {
    return unlessInHand(() -> OptionalInt.of(ensureNow(first, last)), OptionalInt.empty());
  }

  private int ensureNow(Instant first, Instant last) {
    return database.write(
        "event_partitions",
        handle -> {
          JobStore.allowLongStatements(handle);
          handle.execute(SHORT_LOCKS);
          return handle
              .createQuery("SELECT ensure_event_partitions(:first, :last)")
              .bind("first", first.atOffset(ZoneOffset.UTC))
              .bind("last", last.atOffset(ZoneOffset.UTC))
              .mapTo(Integer.class)
              .one();
        });
  }

  /** Detaches the months that ended before a time; returns the names of the detached tables. */
  List<String> detachEndedBefore(Instant limit) {
    return unlessInHand(() -> detach(limit), List.of());
  }

  private List<String> detach(Instant limit) {
    return database.write(
        "event_partitions_detach",
        handle -> {
          JobStore.allowLongStatements(handle);
          handle.execute(SHORT_LOCKS);
          return handle
              .createQuery("SELECT detach_event_partitions(:limit)")
              .bind("limit", limit.atOffset(ZoneOffset.UTC))
              .mapTo(String.class)
              .list();
        });
  }

  /** The names of detached tables, from this run or an earlier run that did not finish. */
  List<String> detached() {
    return database.read(
        "event_partitions_detached",
        ReadContext.strong(),
        handle ->
            handle
                .createQuery(
                    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'detached\\_events\\_%' ORDER BY 1")
                .mapTo(String.class)
                .list());
  }

  /**
   * Writes a complete detached month to a file, and then drops it. A run that is interrupted leaves
   * the table, and the next run writes the file again.
   *
   * @param file gzip of CSV with a header
   * @return the rows written; empty if another instance has locked the table
   */
  OptionalLong archive(String table, Path file) {
    return onDetached(
        table,
        handle -> {
          long rows = copyOut(handle.getConnection(), table, file);
          long held =
              handle
                  .createQuery("SELECT count(*) FROM <table>")
                  .define("table", quoted(table))
                  .mapTo(Long.class)
                  .one();
          if (rows != held) {
            throw new IllegalStateException(
                "%s has %d rows, and %d were written".formatted(table, held, rows));
          }
          handle.execute("DROP TABLE " + quoted(table));
          return rows;
        });
  }

  /**
   * Drops a detached month; returns its number of rows, or empty if another instance has locked it.
   */
  OptionalLong drop(String table) {
    return onDetached(
        table,
        handle -> {
          long rows =
              handle
                  .createQuery("SELECT count(*) FROM <table>")
                  .define("table", quoted(table))
                  .mapTo(Long.class)
                  .one();
          handle.execute("DROP TABLE " + quoted(table));
          return rows;
        });
  }

  private interface TableWork {
    long run(Handle handle) throws RuntimeException;
  }

  private OptionalLong onDetached(String table, TableWork work) {
    return unlessInHand(
        () ->
            database.write(
                "event_partition_archive",
                handle -> {
                  JobStore.allowLongStatements(handle);
                  handle.execute(
                      "LOCK TABLE " + quoted(table) + " IN ACCESS EXCLUSIVE MODE NOWAIT");
                  return OptionalLong.of(work.run(handle));
                }),
        OptionalLong.empty());
  }

  /** Returns the default if another instance has locked the table, or has already dropped it. */
  private static <T> T unlessInHand(Supplier<T> work, T otherwise) {
    try {
      return work.get();
    } catch (UnableToExecuteStatementException e) {
      String state = e.getCause() instanceof SQLException sql ? sql.getSQLState() : "";
      if (LOCK_NOT_AVAILABLE.equals(state) || UNDEFINED_TABLE.equals(state)) {
        return otherwise;
      }
      throw e;
    }
  }

  /** Writes a new file, forces it to disk, and then renames it to its final name. */
  private static long copyOut(Connection connection, String table, Path file) {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      long rows;
      try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(fresh))) {
        rows =
            connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut(
                    "COPY (SELECT * FROM %s ORDER BY occurred_at, event_id) TO STDOUT (FORMAT csv, HEADER)"
                        .formatted(quoted(table)),
                    out);
      }
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot archive to " + file, e);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot read " + table, e);
    }
  }

  private static String quoted(String table) {
    return '"' + table.replace("\"", "\"\"") + '"';
  }

  /**
   * Deletes the ids of events that were stored longer ago, a part in each transaction. An event
   * that is sent again later is a new one.
   *
   * @return how many were deleted; more may be left if it is the most that one run deletes
   */
  long pruneIds(Duration age) {
    long pruned = 0;
    long part;
    do {
      part =
          database.write(
              "event_ids_prune",
              handle ->
                  (long)
                      handle
                          .createUpdate(PRUNE_IDS)
                          .bind("age", age.toString())
                          .bind("part", IDS_PART)
                          .execute());
      pruned += part;
    } while (part == IDS_PART && pruned < IDS_MAX && !Thread.currentThread().isInterrupted());
    return pruned;
  }

  /**
   * The partitions now, from a replica.
   *
   * @param rowsInDefault should be 0: each is an event whose month had no partition
   */
  public record Statistics(int partitions, long bytes, long rowsInDefault, int detached) {}

  public Statistics statistics() {
    return database.read(
        "event_partition_statistics",
        ReadContext.eventual(),
        handle ->
            handle
                .createQuery(
                    """
                    SELECT count(*), coalesce(sum(pg_total_relation_size(i.inhrelid)), 0),
                      (SELECT count(*) FROM events_default),
                      (SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname LIKE 'detached\\_events\\_%')
                    FROM pg_inherits i WHERE i.inhparent = 'events'::regclass AND i.inhrelid <> 'events_default'::regclass
                    """)
                .map((row, context) ->
                    new Statistics(row.getInt(1), row.getLong(2), row.getLong(3), row.getInt(4)))
                .one());
  }
}
