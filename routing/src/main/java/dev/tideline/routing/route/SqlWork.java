package dev.tideline.routing.route;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Statements to run on one connection.
 *
 * <p>The work must not keep the connection or one of its result sets after it returns.
 *
 * @param <T> what it returns
 * @param <X> what it throws besides {@link SQLException}
 */
@FunctionalInterface
public interface SqlWork<T extends @Nullable Object, X extends Exception> {

  T run(Connection connection) throws SQLException, X;
}
