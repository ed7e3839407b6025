package dev.tideline.fleet.balancer;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One request and its outcome. Used by one event loop only. */
final class Exchange {

  static final String REQUEST_ID = "X-Request-Id";

  private static final Pattern ID = Pattern.compile("[\\x21-\\x7e&&[^\"]]{1,128}");

  final HttpServerRequest request;
  final ClientConnection client;
  final long start = System.nanoTime();

  /** The last backend that the request was sent to. */
  @Nullable BackendState member;

  int tries;

  /** The reader that holds the memory of the body, if there is one. */
  @Nullable IncomingBody body;

  /** The body, once it is complete. */
  @Nullable Buffer bytes;

  private @Nullable String traceId;

  Exchange(HttpServerRequest request, ClientConnection client) {
    this.request = request;
    this.client = client;
  }

  /** The trace id of responses that the balancer itself generates. */
  String traceId() {
    String known = traceId;
    if (known == null) {
      known = UUID.randomUUID().toString().replace("-", "");
      traceId = known;
    }
    return known;
  }

  /**
   * The request id: from the response if an instance set it, otherwise the client's, otherwise the
   * trace id.
   */
  String requestId() {
    String answered = request.response().headers().get(REQUEST_ID);
    String asked = answered == null ? request.getHeader(REQUEST_ID) : answered;
    return asked != null && ID.matcher(asked).matches() ? asked : traceId();
  }

  long millis() {
    return (System.nanoTime() - start) / 1_000_000;
  }

  /** The status of the response; 499, as in NGINX, if the client disconnected first. */
  int status() {
    return request.response().headWritten() ? request.response().getStatusCode() : 499;
  }
}
