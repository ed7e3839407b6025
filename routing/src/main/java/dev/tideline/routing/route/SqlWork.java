package dev.tideline.routing.route;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Statements to run on one connection.
 *
 * <p>The work must not keep the connection, nor a result set of it, beyond its return.
 *
 * @param <T> what it answers
 * @param <X> what it throws besides {@link SQLException}
 */
@FunctionalInterface
public interface SqlWork<T extends @Nullable Object, X extends Exception> {

  T run(Connection connection) throws SQLException, X;
}
