package dev.tideline.service.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lets pages of other origins make the public calls (Fetch Standard, "CORS protocol"). Calls of the
 * shop's server are never let.
 */
final class Cors {

  static final String ANY_ORIGIN = "*";

  private static final String ALLOWED_METHODS = "GET, POST, HEAD";
  private static final String ALLOWED_HEADERS =
      "Content-Type, Tideline-Token, Tideline-Consistency, Tideline-User-Signature, X-Request-Id,"
          + " traceparent";
  private static final String EXPOSED_HEADERS =
      "Tideline-Token, Tideline-Staleness, Cache-Status, X-Request-Id, Retry-After, Server-Timing";
  private static final String PREFLIGHT_SECONDS = "600";
  private static final HeaderName REQUESTED_METHOD =
      HeaderNames.create("Access-Control-Request-Method");

  private final Set<String> origins;

  /**
   * A policy.
   *
   * @param origins such as {@code https://shop.example}, or {@link #ANY_ORIGIN}; empty for none
   */
  Cors(List<String> origins) {
    this.origins = Set.copyOf(origins);
  }

  /** The method of a preflight request, if the request is one. */
  Optional<String> preflight(String method, ServerRequestHeaders headers) {
    return method.equals("OPTIONS") && headers.contains(HeaderNames.ORIGIN)
        ? headers.first(REQUESTED_METHOD)
        : Optional.empty();
  }

  /** The answer to such a request for a public call. */
  Answer allow() {
    return Answer.noContent()
        .with("Access-Control-Allow-Methods", ALLOWED_METHODS)
        .with("Access-Control-Allow-Headers", ALLOWED_HEADERS)
        .with("Access-Control-Max-Age", PREFLIGHT_SECONDS);
  }

  /** Adds to the answer of a public call whether the page that made it may read it. */
  Answer tell(Answer answer, ServerRequestHeaders headers) {
    if (origins.isEmpty()) {
      return answer;
    }
    Answer varying =
        answer.adding("Vary", "Origin"); // caches must not give one origin's to another
    return headers
        .first(HeaderNames.ORIGIN)
        .filter(origin -> origins.contains(ANY_ORIGIN) || origins.contains(origin))
        .map(origin ->
            varying
                .with("Access-Control-Allow-Origin", origin)
                .with("Access-Control-Expose-Headers", EXPOSED_HEADERS))
        .orElse(varying);
  }
}
