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

  /** A lock that is not had by then is left for the next run, so that nobody queues behind it. */
  private static final String SHORT_LOCKS = "SET LOCAL lock_timeout = '3s'";

  /** Ids that one transaction forgets. */
  static final int IDS_PART = 20_000;

  /** Ids that one run forgets. */
  private static final int IDS_MAX = 50_000_000;

  /** Rows that another run has in hand are left to it. */
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
   * Makes the partitions for times from one to another, and for rows that are in the default one.
   *
   * @return how many are new; empty if another has the partitions in hand
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

  /**
   * Takes the months that ended before a time out of the table; answers what they are called now.
   */
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

  /** What was detached, by this run or one that did not get to its end. */
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
   * Writes a detached month to a file, all of it, and only then drops it. A run that breaks off
   * leaves the table; the next one writes the file anew.
   *
   * @param file gzip of CSV with a header
   * @return the rows written; empty if another instance has the table in hand
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

  /** Drops a detached month; answers how many rows it had, or nothing if another has it in hand. */
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

  /** Another that has it locked, or has dropped it meanwhile, will see to it. */
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

  /** Beside its place first, and on disk before it takes it. */
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
   * Forgets ids of events that were stored longer ago, some in each transaction; an event that
   * comes again later is a new one.
   *
   * @return how many; there may be more if it is the most that one run forgets
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
   * @param rowsInDefault should be none: each is an event whose month had no partition
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
