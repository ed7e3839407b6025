package dev.tideline.fleet.balancer;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One request and what became of it. Belongs to one event loop. */
final class Exchange {

  static final String REQUEST_ID = "X-Request-Id";

  private static final Pattern ID = Pattern.compile("[\\x21-\\x7e&&[^\"]]{1,128}");

  final HttpServerRequest request;
  final ClientConnection client;
  final long start = System.nanoTime();

  /** The last one that was asked. */
  @Nullable Member member;

  int tries;

  /** What holds the memory of its body, if it has one. */
  @Nullable IncomingBody body;

  /** The body, once it is there. */
  @Nullable Buffer bytes;

  private @Nullable String traceId;

  Exchange(HttpServerRequest request, ClientConnection client) {
    this.request = request;
    this.client = client;
  }

  /** By which what the balancer answers itself is found again. */
  String traceId() {
    String known = traceId;
    if (known == null) {
      known = UUID.randomUUID().toString().replace("-", "");
      traceId = known;
    }
    return known;
  }

  /** The client's, or what the instance made of it. */
  String requestId() {
    String answered = request.response().headers().get(REQUEST_ID);
    String asked = answered == null ? request.getHeader(REQUEST_ID) : answered;
    return asked != null && ID.matcher(asked).matches() ? asked : traceId();
  }

  long millis() {
    return (System.nanoTime() - start) / 1_000_000;
  }

  /** What was answered; as NGINX has it 499 where the client went before. */
  int status() {
    return request.response().headWritten() ? request.response().getStatusCode() : 499;
  }
}
