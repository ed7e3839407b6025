package dev.tideline.engine.database;

import dev.tideline.cache.Invalidation;
import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.Written;
import dev.tideline.routing.node.ProbeSettings;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.route.SqlWork;
import dev.tideline.routing.token.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.jspecify.annotations.Nullable;

/**
 * The shop's database as its stores see it: each unit of work says whether it reads or writes, and
 * the router finds the node. A unit that fails because of a value throws {@link
 * RefusedValueException}. Thread-safe.
 */
public final class ShopDatabase {

  /** How a router probes a shop's nodes: migrations create {@code epoch} and {@code heartbeat}. */
  public static final ProbeSettings PROBES = ProbeSettings.DEFAULT.withMetadataSchema("public");

  /** The connection that the router lent for the work under way on this thread. */
  private static final ScopedValue<Connection> LENT = ScopedValue.newInstance();

  /** Receives the name and the duration of each unit of work. */
  @FunctionalInterface
  public interface QueryListener {
    void ran(String query, Duration duration);
  }

  private final ReadWriteRouter router;
  private final QueryListener listener;
  private final Jdbi jdbi = Jdbi.create(new LentConnections());
  private final OutboxPositions positions = new OutboxPositions(this::place);

  public ShopDatabase(ReadWriteRouter router, QueryListener listener) {
    this.router = router;
    this.listener = listener;
    // logs must not contain what shoppers sent
    jdbi.configure(
        StatementExceptions.class,
        exceptions -> exceptions.setMessageRendering(MessageRendering.SHORT_STATEMENT));
  }

  private static final class LentConnections implements ConnectionFactory {
    @Override
    public Connection openConnection() {
      return LENT.get();
    }

    @Override
    public void closeConnection(Connection connection) {
      // the router returns it to its pool
    }
  }

  /**
   * Reads from a replica that meets the requested consistency, if there is one. The work may be run
   * again on another node, and must change nothing.
   *
   * @param query a name for metrics, from a closed set
   */
  public <T extends @Nullable Object> T read(
      String query, ReadContext reads, HandleCallback<T, RuntimeException> work) {
    return timed(query, () -> router.read(reads, work(work)));
  }

  /**
   * Writes on the primary, in one transaction. After a deadlock or a serialization failure the work
   * is run again, so its effects outside the database must be repeatable.
   *
   * @throws dev.tideline.engine.input.OverloadedException if every attempt conflicted with other
   *     transactions; nothing was changed
   */
  public <T extends @Nullable Object> T write(
      String query, HandleCallback<T, RuntimeException> work) {
    return timed(
        query,
        () -> {
          Committed<T> committed =
              Conflicts.retry(() -> router.write(work(handle -> commit(handle, work))));
          if (!committed.outbox().isEmpty()) {
            positions.place(committed.outbox());
          }
          return committed.value();
        });
  }

  /**
   * Writes as {@link #write} does, and returns the {@link Position} at which nodes show the write
   * and no cache hides it.
   */
  public <T extends @Nullable Object> Written<T> writeForPosition(
      String query, HandleCallback<T, RuntimeException> work) {
    return timed(
        query,
        () -> {
          Written<Committed<T>> written =
              Conflicts.retry(() -> router.writeForPosition(work(handle -> commit(handle, work))));
          Committed<T> committed = written.value();
          return new Written<>(
              committed.value(),
              committed.outbox().isEmpty()
                  ? written.position()
                  : positions.place(committed.outbox()));
        });
  }

  /**
   * The result of a transaction.
   *
   * @param outbox the invalidations that it wrote
   */
  private record Committed<T extends @Nullable Object>(T value, List<Long> outbox) {}

  private static <T extends @Nullable Object> Committed<T> commit(
      Handle handle, HandleCallback<T, RuntimeException> work) {
    return handle.inTransaction(
        inside -> new Committed<>(work.withHandle(inside), OutboxRows.own(inside)));
  }

  /** Assigns a position to invalidations, in a separate transaction. */
  private Written<List<Invalidation>> place(Collection<Long> ids) {
    return timed(
        "outbox_place",
        () -> router.writeForPosition(work(handle -> OutboxRows.place(handle, ids))));
  }

  public OutboxPositions positions() {
    return positions;
  }

  private <T extends @Nullable Object> SqlWork<T, RuntimeException> work(
      HandleCallback<T, RuntimeException> callback) {
    return connection ->
        ScopedValue.where(LENT, connection)
            .call(() -> {
              try (Handle handle = jdbi.open()) {
                return callback.withHandle(handle);
              }
            });
  }

  private interface Routed<T extends @Nullable Object> {
    T run() throws SQLException;
  }

  private <T extends @Nullable Object> T timed(String query, Routed<T> routed) {
    long start = System.nanoTime();
    try {
      return routed.run();
    } catch (SQLException e) {
      throw new ConnectionException(e);
    } catch (JdbiException e) {
      Optional<RefusedValueException> refused = RefusedValueException.of(e);
      if (refused.isPresent()) {
        throw refused.get();
      }
      throw e;
    } finally {
      listener.ran(query, Duration.ofNanos(System.nanoTime() - start));
    }
  }
}
