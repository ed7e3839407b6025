package dev.tideline.routing.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Forwards calls by reflection, for JDBC interfaces that are large and rarely called. The driver's
 * exceptions are passed through unchanged.
 */
public abstract class ForwardingHandler implements InvocationHandler {

  /** Creates an object of the interface whose calls all go to a handler. */
  protected static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            ForwardingHandler.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /** Calls a method of the real object. */
  protected static @Nullable Object call(
      Method method, Object real, @Nullable Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  /** Like {@link #call}, for methods whose only checked exception is {@link SQLException}. */
  protected static @Nullable Object callSql(
      Method method, Object real, @Nullable Object @Nullable [] arguments) throws SQLException {
    try {
      return call(method, real, arguments);
    } catch (SQLException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new SQLException(e);
    }
  }

  /** A proxy is equal only to itself, regardless of what it forwards to. */
  @SuppressWarnings("ReferenceEquality") // equals of the other would come here again
  protected static @Nullable Object objectMethod(
      Object proxy, Object real, Method method, @Nullable Object @Nullable [] arguments) {
    return switch (method.getName()) {
      case "equals" -> arguments != null && arguments[0] == proxy;
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "proxy of " + real;
    };
  }
}
