package dev.tideline.fleet.balancer;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Optional;

/**
 * The first handler of each request: counts and logs it, refuses malformed requests, and forwards
 * the rest. Used by one event loop only.
 */
final class Reception implements Handler<HttpServerRequest> {

  private final ClientConnections connections;
  private final BalancerMetrics metrics;
  private final AccessLog log;
  private final Handler<HttpServerRequest> next;

  Reception(
      ClientConnections connections,
      BalancerMetrics metrics,
      AccessLog log,
      Handler<HttpServerRequest> next) {
    this.connections = connections;
    this.metrics = metrics;
    this.log = log;
    this.next = next;
  }

  @Override
  public void handle(HttpServerRequest request) {
    Exchange exchange = begin(request);
    Optional<Refusal> refusal = refusal(exchange);
    if (refusal.isPresent()) {
      refuse(exchange, refusal.get());
    } else if (hasBody(request)) {
      addEvents(exchange);
    } else {
      next.handle(request);
    }
  }

  /** Reads the whole body before the request is forwarded to an instance. */
  private void addEvents(Exchange exchange) {
    IncomingBody body = new IncomingBody(exchange.request, connections, exchange.client);
    exchange.body = body;
    body.read()
        .onSuccess(bytes -> {
          exchange.bytes = bytes;
          next.handle(exchange.request);
        })
        .onFailure(failure -> {
          if (failure instanceof RefusedException refused) {
            refuse(exchange, refused.refusal());
          } // otherwise the client has disconnected
        });
  }

  private static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return (length != null && !length.equals("0"))
        || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
  }

  /** Called for a request that Vert.x cannot parse. */
  void malformed(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    refuse(
        begin(request),
        switch (cause) {
          case TooLongHttpLineException line -> Refusal.LINE_TOO_LONG;
          case TooLongHttpHeaderException headers -> Refusal.HEADERS_TOO_LARGE;
          case null, default -> Refusal.MALFORMED;
        });
  }

  private Exchange begin(HttpServerRequest request) {
    ClientConnection client = connections.of(request.connection());
    Exchange exchange = new Exchange(request, client);
    client.requestBegan(exchange, ClientConnections.now());
    request.response().endHandler(end -> end(exchange));
    return exchange;
  }

  private void end(Exchange exchange) {
    IncomingBody body = exchange.body;
    if (body != null) {
      body.release();
    }
    metrics.answered(exchange.status());
    log.add(exchange);
    exchange.client.requestEnded(ClientConnections.now(), ClientConnections.IDLE);
  }

  private static Optional<Refusal> refusal(Exchange exchange) {
    HttpServerRequest request = exchange.request;
    int hosts = request.headers().getAll(HttpHeaders.HOST).size();
    if (exchange.client.isRefused()) {
      return Optional.of(Refusal.CONNECTIONS);
    }
    if (request.method().equals(HttpMethod.CONNECT)) {
      return Optional.of(Refusal.METHOD); // Vert.x would open a tunnel for it
    }
    String encoding = request.getHeader(HttpHeaders.TRANSFER_ENCODING);
    boolean malformed =
        hosts > 1
            || (hosts == 0 && request.version() != HttpVersion.HTTP_1_0)
            || request.absoluteURI() == null
            || (encoding != null && !encoding.equalsIgnoreCase("chunked"));
    if (malformed) {
      return Optional.of(Refusal.MALFORMED);
    }
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    boolean tooLarge = length != null && Long.parseLong(length) > RetryingProxy.BODY_BYTES_MAX;
    return tooLarge ? Optional.of(Refusal.TOO_LARGE) : Optional.empty();
  }

  private void refuse(Exchange exchange, Refusal refusal) {
    metrics.refused(refusal);
    HttpServerResponse response = exchange.request.response();
    response
        .setStatusCode(refusal.status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader(Exchange.REQUEST_ID, exchange.requestId());
    if (refusal.ends()) {
      response.putHeader(HttpHeaders.CONNECTION, "close");
    }
    if (refusal.status == 503) {
      response.putHeader(HttpHeaders.RETRY_AFTER, "1");
    }
    response.end(refusal.problem(exchange.traceId()));
    if (refusal.ends()) {
      // Vert.x closes the connection after a malformed request; the response must be sent first
      exchange.client.close(refusal == Refusal.MALFORMED || exchange.request.isEnded());
    }
  }
}
