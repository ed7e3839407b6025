package dev.tideline.routing.datasource;

import dev.tideline.routing.jdbc.ForwardingHandler;
import dev.tideline.routing.jdbc.ForwardingResultSet;
import java.lang.reflect.Method;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Metadata of a routed connection. Each call takes a physical connection and returns it when the
 * call returns, or when its result is closed.
 */
final class RoutedMetaData extends ForwardingHandler {

  private final RoutedConnection connection;
  private final RoutedSession session;

  private RoutedMetaData(RoutedConnection connection) {
    this.connection = connection;
    this.session = connection.session();
  }

  static DatabaseMetaData of(RoutedConnection connection) {
    return proxy(DatabaseMetaData.class, new RoutedMetaData(connection));
  }

  @Override
  public @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return objectMethod(proxy, connection, method, arguments);
    }
    return switch (method.getName()) {
      case "getConnection" -> connection;
      case "unwrap" -> unwrap(proxy, method, arguments);
      default -> ask(method, arguments);
    };
  }

  private @Nullable Object unwrap(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    return arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(proxy)
        ? proxy
        : call(method, session.keepOne().getMetaData(), arguments);
  }

  private @Nullable Object ask(Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    connection.checkOpen();
    PhysicalConnection physical = session.useForMetadata();
    boolean open = false;
    try {
      Object answer =
          session.ask(
              physical, () -> callSql(method, physical.connection().getMetaData(), arguments));
      if (answer instanceof ResultSet rows) {
        open = true;
        return new Rows(rows, session, physical);
      }
      return answer;
    } finally {
      if (!open) {
        session.done(physical);
      }
    }
  }

  /** Rows of metadata; their connection is returned when they are closed. */
  private static final class Rows extends ForwardingResultSet {

    private final ResultSet real;
    private final RoutedSession session;
    private final PhysicalConnection physical;
    private boolean closed;

    Rows(ResultSet real, RoutedSession session, PhysicalConnection physical) {
      this.real = real;
      this.session = session;
      this.physical = physical;
    }

    @Override
    protected ResultSet delegate() {
      return real;
    }

    @Override
    public void close() throws SQLException {
      if (!closed) {
        closed = true;
        try {
          real.close();
        } finally {
          session.done(physical);
        }
      }
    }
  }
}
