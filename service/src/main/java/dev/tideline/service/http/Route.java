package dev.tideline.service.http;

import io.helidon.http.Method;

/**
 * One call of the interface.
 *
 * @param pattern with parameters in braces, as the contracts write it
 * @param admin whether it needs the admin token
 * @param shared whether the answer is the same for all who ask the same, unless the call says
 *     otherwise
 */
record Route(Method method, String pattern, boolean admin, boolean shared, Endpoint endpoint) {

  /** Answers a call. */
  @FunctionalInterface
  interface Endpoint {
    Answer answer(Call call);
  }

  static Route get(String pattern, Endpoint endpoint) {
    return new Route(Method.GET, pattern, false, false, endpoint);
  }

  static Route shared(String pattern, Endpoint endpoint) {
    return new Route(Method.GET, pattern, false, true, endpoint);
  }

  static Route post(String pattern, Endpoint endpoint) {
    return new Route(Method.POST, pattern, false, false, endpoint);
  }

  static Route admin(Method method, String pattern, Endpoint endpoint) {
    return new Route(method, pattern, true, false, endpoint);
  }

  /** Whether a browser may make the call from a page of the shop. */
  boolean open() {
    return !admin && pattern.startsWith("/v1/");
  }

  /** Whether orchestrators and Prometheus make the call: it has a separate limit. */
  boolean operation() {
    return pattern.equals("/health") || pattern.startsWith("/health/") || isMetrics();
  }

  /** Whether the call is answered only on the management port, if there is one. */
  boolean internal() {
    return isMetrics() || pattern.startsWith("/admin/");
  }

  private boolean isMetrics() {
    return pattern.equals("/metrics");
  }
}
