package dev.tideline.engine.jobs;

import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.routing.route.ReadContext;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The progress of jobs in PostgreSQL. Thread-safe. */
public final class JobStore {

  /** The longest time of a job's statement; larger work is done in parts. */
  private static final Duration STATEMENT_TIMEOUT = Duration.ofMinutes(30);

  /**
   * Longer than the statement timeout, so that the server ends a statement first, with an error.
   */
  private static final Duration SILENCE = STATEMENT_TIMEOUT.plusMinutes(1);

  /**
   * The transactions whose events a job adds: from the end of its last range to before the oldest
   * transaction that is still active. All transactions of the range have ended, so that none is
   * missed and none is added twice.
   *
   * @param from empty for all past transactions
   */
  public record Range(Optional<Long> from, long to) {

    public boolean isEmpty() {
      return from.isPresent() && from.get() >= to;
    }

    /**
     * The condition on {@code events}; older releases did not record the transaction of an event.
     */
    public String condition() {
      return from.isPresent()
          ? "received >= :from AND received < :to"
          : "(received IS NULL OR received < :to)";
    }

    /** The parameters of the condition. */
    public Map<String, Long> parameters() {
      return from.isPresent() ? Map.of("from", from.get(), "to", to) : Map.of("to", to);
    }
  }

  /** A part of a job's work, in a transaction. */
  @FunctionalInterface
  public interface Part {
    /** Runs the part; returns how many rows changed. */
    long run(Handle handle, Range range);
  }

  private final ShopDatabase database;

  public JobStore(ShopDatabase database) {
    this.database = database;
  }

  /**
   * Adds new events. The part's changes and the job's progress are committed together.
   *
   * @return rows changed; empty if another process is running the same job
   */
  public Optional<Long> addEvents(String job, Part part) {
    return addEvents(job, "", part);
  }

  /**
   * The same for a job with a setting that decides which events count.
   *
   * @param rule the setting; if events were added under another rule, or by a release without
   *     rules, the part begins with the first event again
   */
  public Optional<Long> addEvents(String job, String rule, Part part) {
    return database.write(
        "job_" + job,
        handle -> {
          if (!isLeader(handle, job)) {
            return Optional.<Long>empty();
          }
          allowLongStatements(handle);
          Range range = range(handle, job, rule);
          long rows = range.isEmpty() ? 0 : part.run(handle, range);
          handle
              .createUpdate(
                  """
                  INSERT INTO job_state AS s (job, checkpoint)
                  VALUES (:job, jsonb_build_object('received', :to, 'rule', :rule))
                  ON CONFLICT (job) DO UPDATE SET checkpoint = excluded.checkpoint
                  """)
              .bind("job", job)
              .bind("rule", rule)
              .bind("to", range.to())
              .execute();
          return Optional.of(rows);
        });
  }

  /**
   * Runs a part of a job that does not add new events.
   *
   * @return rows changed; empty if another process is running the same job
   */
  public Optional<Long> runExclusively(String job, ToLongFunction<Handle> part) {
    return database.write(
        "job_" + job,
        handle -> {
          if (!isLeader(handle, job)) {
            return Optional.<Long>empty();
          }
          allowLongStatements(handle);
          return Optional.of(part.applyAsLong(handle));
        });
  }

  /**
   * Lets each statement of this transaction take half an hour, on the server and on the client,
   * instead of the limit of a request.
   */
  public static void allowLongStatements(Handle handle) {
    handle.execute("SET LOCAL statement_timeout = " + STATEMENT_TIMEOUT.toMillis());
    try { // the pool resets it
      handle.getConnection().setNetworkTimeout(Runnable::run, Math.toIntExact(SILENCE.toMillis()));
    } catch (SQLException e) {
      throw new ConnectionException(e);
    }
  }

  /** Allows one leader at a time. The lock ends with its transaction, even if the process dies. */
  private static boolean isLeader(Handle handle, String job) {
    return handle
        .createQuery("SELECT pg_try_advisory_xact_lock(hashtext('tideline.job.' || :job))")
        .bind("job", job)
        .mapTo(Boolean.class)
        .one();
  }

  private static Range range(Handle handle, String job, String rule) {
    long to =
        handle
            .createQuery("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            .mapTo(Long.class)
            .one();
    Optional<Long> from =
        handle
            .createQuery(
                "SELECT (checkpoint ->> 'received')::bigint FROM job_state"
                    + " WHERE job = :job AND checkpoint IS NOT NULL"
                    + " AND coalesce(checkpoint ->> 'rule', '') = :rule")
            .bind("job", job)
            .bind("rule", rule)
            .mapTo(Long.class)
            .findOne();
    // after a restore into another server, transactions are counted from the beginning again
    return new Range(from.filter(known -> known <= to), to);
  }

  /** Makes a job that adds events begin with the first event again, in the current transaction. */
  public static void startOver(Handle handle, String job) {
    handle
        .createUpdate("UPDATE job_state SET checkpoint = NULL WHERE job = :job")
        .bind("job", job)
        .execute();
  }

  /**
   * Claims a run of a job, if no process has begun one within an interval. It is for work outside
   * the database that only one process should do.
   */
  public boolean claim(String job, String leader, Duration interval) {
    return database.write(
        "job_claim",
        handle ->
            handle
                    .createUpdate(
                        """
                        INSERT INTO job_state AS s (job, leader, started_at) VALUES (:job, :leader, clock_timestamp())
                        ON CONFLICT (job) DO UPDATE SET leader = excluded.leader, started_at = excluded.started_at
                        WHERE s.started_at < excluded.started_at - CAST(:interval AS interval)
                        """)
                    .bind("job", job)
                    .bind("leader", leader)
                    .bind("interval", interval.toString())
                    .execute()
                > 0);
  }

  /** Records that a job has begun. */
  public void started(String job, String leader) {
    note(
        "INSERT INTO job_state (job, leader, started_at) VALUES (:job, :leader, clock_timestamp())"
            + " ON CONFLICT (job) DO UPDATE SET leader = excluded.leader, started_at = excluded.started_at",
        job,
        leader,
        0);
  }

  /** Records that a job has ended. */
  public void ended(String job, String leader, long rows) {
    note(
        "UPDATE job_state SET leader = :leader, rows = :rows, ended_at = clock_timestamp()"
            + " WHERE job = :job",
        job,
        leader,
        rows);
  }

  private void note(String sql, String job, String leader, long rows) {
    database.write(
        "job_state",
        handle -> {
          var update = handle.createUpdate(sql).bind("job", job).bind("leader", leader);
          if (sql.contains(":rows")) {
            update.bind("rows", rows);
          }
          return update.execute();
        });
  }

  /** The states of all jobs that have ever run, ordered by name. */
  public List<JobState> states(ReadContext reads) {
    return database.read(
        "job_states",
        reads,
        handle ->
            handle
                .createQuery(
                    "SELECT job, (checkpoint ->> 'received')::bigint AS received, rows, started_at, ended_at"
                        + " FROM job_state ORDER BY job")
                .map((row, context) -> state(row))
                .list());
  }

  private static JobState state(ResultSet row) throws SQLException {
    long received = row.getLong("received");
    return new JobState(
        row.getString("job"),
        row.wasNull() ? Optional.empty() : Optional.of(received),
        row.getLong("rows"),
        instant(row.getObject("started_at", OffsetDateTime.class)),
        instant(row.getObject("ended_at", OffsetDateTime.class)));
  }

  private static Optional<Instant> instant(@Nullable OffsetDateTime time) {
    return Optional.ofNullable(time).map(OffsetDateTime::toInstant);
  }
}
