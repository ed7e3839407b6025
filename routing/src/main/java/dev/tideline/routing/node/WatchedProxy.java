package dev.tideline.routing.node;

import dev.tideline.routing.jdbc.ForwardingHandler;
import dev.tideline.routing.sql.SessionEffect;
import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Metadata and callable statements of a {@link WatchedConnection}; they do not bypass it. */
final class WatchedProxy extends ForwardingHandler {

  private final Object real;
  private final WatchedConnection connection;

  private WatchedProxy(Object real, WatchedConnection connection) {
    this.real = real;
    this.connection = connection;
  }

  static <T> T of(Class<T> type, T real, WatchedConnection connection) {
    return proxy(type, new WatchedProxy(real, connection));
  }

  @Override
  public @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return objectMethod(proxy, real, method, arguments);
    }
    switch (method.getName()) {
      case "getConnection" -> {
        return connection;
      }
      case "unwrap" -> {
        if (arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(proxy)) {
          return proxy;
        }
        connection.lease().recordEffect(SessionEffect.UNKNOWN);
      }
      default -> {}
    }
    Object answer = call(method, real, arguments);
    return answer instanceof ResultSet result
        ? new WatchedResultSet(
            result, proxy instanceof Statement statement ? statement : null, connection.lease())
        : answer;
  }
}
