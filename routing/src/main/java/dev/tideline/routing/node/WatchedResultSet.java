package dev.tideline.routing.node;

import dev.tideline.routing.jdbc.ForwardingResultSet;
import dev.tideline.routing.sql.SessionEffect;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * The driver's result, with the caller's statement as its statement: the driver's own statement
 * would expose the connection behind the {@link WatchedConnection}.
 */
public final class WatchedResultSet extends ForwardingResultSet {

  private final ResultSet real;
  private final @Nullable Statement statement;
  private final Lease lease;

  WatchedResultSet(ResultSet real, @Nullable Statement statement, Lease lease) {
    this.real = real;
    this.statement = statement;
    this.lease = lease;
  }

  static @Nullable ResultSet orNull(@Nullable ResultSet real, Statement statement, Lease lease) {
    return real == null ? null : new WatchedResultSet(real, statement, lease);
  }

  /** The same rows as the result of another statement. */
  public static ResultSet of(ResultSet result, Statement statement) {
    return result instanceof WatchedResultSet watched
        ? new WatchedResultSet(watched.real, statement, watched.lease)
        : result;
  }

  @Override
  protected ResultSet delegate() {
    return real;
  }

  @Override
  @SuppressWarnings("NullAway") // JDBC's own contract: metadata has none
  public Statement getStatement() {
    return statement;
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    lease.recordEffect(SessionEffect.UNKNOWN);
    return real.unwrap(type);
  }
}
