package dev.tideline.routing.datasource;

import dev.tideline.routing.jdbc.ForwardingHandler;
import dev.tideline.routing.node.WatchedResultSet;
import dev.tideline.routing.route.SqlWork;
import java.lang.reflect.Method;
import java.sql.CallableStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A callable statement of a routed connection; it holds a physical connection until it is closed.
 */
final class RoutedCall extends ForwardingHandler {

  private final RoutedConnection connection;
  private final RoutedSession session;
  private final PhysicalConnection physical;
  private final CallableStatement real;
  private boolean closed;

  private RoutedCall(
      RoutedConnection connection, PhysicalConnection physical, CallableStatement real) {
    this.connection = connection;
    this.session = connection.session();
    this.physical = physical;
    this.real = real;
  }

  static CallableStatement of(
      RoutedConnection connection, SqlWork<CallableStatement, SQLException> maker)
      throws SQLException {
    RoutedSession session = connection.session();
    PhysicalConnection physical = session.useForCall();
    try {
      CallableStatement real = session.ask(physical, () -> maker.run(physical.connection()));
      return proxy(CallableStatement.class, new RoutedCall(connection, physical, real));
    } catch (SQLException e) {
      session.done(physical);
      throw e;
    }
  }

  @Override
  public @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return objectMethod(proxy, real, method, arguments);
    }
    String name = method.getName();
    if (name.equals("getConnection")) {
      return connection;
    }
    if (name.equals("close")) {
      close((Statement) proxy);
      return null;
    }
    if (name.equals("unwrap")) {
      physical.keep();
    }
    Object answer =
        name.startsWith("execute")
            ? session.call(physical, () -> callSql(method, real, arguments))
            : call(method, real, arguments);
    return answer instanceof ResultSet result
        ? WatchedResultSet.of(result, (Statement) proxy)
        : answer;
  }

  private void close(Statement proxy) throws SQLException {
    if (!closed) {
      closed = true;
      connection.forget(proxy);
      try {
        real.close();
      } finally {
        session.done(physical);
      }
    }
  }
}
