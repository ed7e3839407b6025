package dev.tideline.fleet.balancer;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.httpproxy.Body;
import io.vertx.httpproxy.OriginRequestProvider;
import io.vertx.httpproxy.ProxyContext;
import io.vertx.httpproxy.ProxyInterceptor;
import io.vertx.httpproxy.ProxyResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a request to a backend, and retries it on another one if the first fails before it has
 * answered.
 *
 * <p>A request is retried only if it is a GET or HEAD without a body, or if no connection to the
 * backend was established, and only while the {@link RetryBudget} allows it. A GET or HEAD of
 * {@code /v1} is also retried if the backend does not answer in time and there is another backend.
 * A small response to a GET is buffered completely before it is sent to the client, so that the
 * request can be retried if the instance dies in the middle of the response.
 */
final class RetryingProxy implements ProxyInterceptor, OriginRequestProvider {

  private static final Logger log = LoggerFactory.getLogger(RetryingProxy.class);

  static final int TRIES_MAX = 3;

  /**
   * Responses up to this size are buffered until they are complete. Longer ones, and those of
   * unknown length, are streamed.
   */
  static final long HELD_BYTES_MAX = 1 << 20;

  /**
   * No instance accepts a longer body. It is refused here, because an instance would have to close
   * the connection.
   */
  static final long BODY_BYTES_MAX = 4 << 20;

  /** The try limit applies to shoppers' requests only; operators' requests may take longer. */
  private static final String LIMITED_PATHS = "/v1/";

  private static final String ATTEMPT = "tideline.attempt";
  private static final String FORWARDED_FOR = "X-Forwarded-For";

  /** Response header in which an instance that has not warmed up reports its warmth, 0 to 1. */
  private static final String WARMTH = "Tideline-Warmth";

  private static final String FORWARDED_PROTO = "X-Forwarded-Proto";

  private final HttpClient client;
  private final BackendChoice choice;
  private final RetryBudget budget;
  private final StickySessions sticky;
  private final ClientConnections connections;
  private final BalancerMetrics metrics;
  private final Duration tryLimit;
  private final AtomicBoolean exhausted = new AtomicBoolean();

  RetryingProxy(
      HttpClient client,
      BackendChoice choice,
      RetryBudget budget,
      StickySessions sticky,
      Duration tryLimit,
      ClientConnections connections,
      BalancerMetrics metrics) {
    this.tryLimit = tryLimit;
    this.connections = connections;
    this.metrics = metrics;
    this.client = client;
    this.choice = choice;
    this.budget = budget;
    this.sticky = sticky;
  }

  /**
   * One attempt: the backend, whether the try limit applies, and whether a connection was
   * established.
   */
  private static final class Attempt {
    final BackendState member;
    final boolean limited;
    boolean connected;

    Attempt(BackendState member, boolean limited) {
      this.member = member;
      this.limited = limited;
    }
  }

  @Override
  public Future<HttpClientRequest> create(ProxyContext context) {
    Attempt attempt = context.get(ATTEMPT, Attempt.class);
    int port = attempt.member.backend().port();
    RequestOptions options =
        new RequestOptions()
            .setServer(SocketAddress.inetSocketAddress(port, Backend.HOST))
            .setHost(Backend.HOST)
            .setPort(port);
    if (attempt.limited) {
      options.setIdleTimeout(tryLimit.toMillis());
    }
    return client.request(options).onSuccess(request -> attempt.connected = true);
  }

  @Override
  public Future<ProxyResponse> handleProxyRequest(ProxyContext context) {
    HttpServerRequest incoming = context.request().proxiedRequest();
    forwardedHeaders(context, incoming);
    budget.deposit();
    boolean repeatable = isRepeatable(incoming);
    if (repeatable) {
      context.request().setBody(null);
      incoming.resume();
    }
    return attempt(context, repeatable, new HashSet<>(), 1);
  }

  private static boolean isLimited(@Nullable String path) {
    return path != null && path.startsWith(LIMITED_PATHS);
  }

  private Exchange exchange(ProxyContext context) {
    return connections.of(context.request().proxiedRequest().connection()).exchange();
  }

  private Future<ProxyResponse> attempt(
      ProxyContext context, boolean repeatable, Set<BackendState> failed, int tries) {
    Optional<BackendState> next = choice.next(failed, sticky.memberOf(context));
    if (next.isEmpty()) {
      return Future.succeededFuture(refused(context, Refusal.NO_INSTANCE));
    }
    boolean limited =
        repeatable
            && tries < TRIES_MAX
            && isLimited(context.request().proxiedRequest().path())
            && choice.hasOther(next.get(), failed);
    Attempt attempt = new Attempt(next.get(), limited);
    context.set(ATTEMPT, attempt);
    Exchange exchange = exchange(context);
    exchange.member = attempt.member;
    exchange.tries = tries;
    Buffer bytes = exchange.bytes;
    if (bytes != null) {
      context.request().setBody(body(bytes, null)); // each attempt needs a new stream
      context.request().headers().remove(HttpHeaders.EXPECT);
    }
    attempt.member.begin();
    return context
        .sendRequest()
        .compose(response -> repeatable ? held(response) : Future.succeededFuture(response))
        .onSuccess(response -> answered(context, attempt.member, response))
        .recover(failure -> {
          attempt.member.end();
          if (context.request().proxiedRequest().response().closed()) {
            return Future.failedFuture(failure); // the client disconnected
          }
          if (failure instanceof ConnectionPoolTooBusyException) {
            return Future.succeededFuture(refused(context, Refusal.BUSY));
          }
          metrics.tryFailed();
          if (attempt.limited && failure instanceof TimeoutException) {
            attempt.member.stalled();
            metrics.ejected();
          } else {
            attempt.member.suspect();
          }
          failed.add(attempt.member);
          log.debug("{} failed a request", attempt.member.backend().name(), failure);
          boolean again = tries < TRIES_MAX && (repeatable || !attempt.connected);
          if (again && isWithinBudget()) {
            metrics.retried();
            return attempt(context, repeatable, failed, tries + 1);
          }
          return Future.succeededFuture(refused(context, Refusal.NO_INSTANCE));
        });
  }

  private void answered(ProxyContext context, BackendState member, ProxyResponse response) {
    String warmth = response.headers().get(WARMTH);
    response.headers().remove(WARMTH);
    response.headers().remove(HttpHeaders.CONNECTION); // not for the client's connection
    if (member.answered(ratio(warmth), response.getStatusCode() >= 500)) {
      metrics.ejected();
    }
    sticky.remember(context, response, member);
  }

  /** The reported warmth; 1 if the header is missing or invalid. */
  private static double ratio(@Nullable String warmth) {
    try {
      return warmth == null ? 1 : Double.parseDouble(warmth);
    } catch (NumberFormatException e) {
      return 1;
    }
  }

  private boolean isWithinBudget() {
    boolean within = budget.tryWithdraw();
    if (!within && exhausted.compareAndSet(false, true)) {
      log.warn("too many requests fail: the retry budget is used up, and no request is retried");
    } else if (within) {
      exhausted.set(false);
    }
    return within;
  }

  @Override
  public Future<Void> handleProxyResponse(ProxyContext context) {
    Attempt attempt = context.get(ATTEMPT, Attempt.class);
    boolean answered = context.response().proxiedResponse() != null;
    Exchange exchange = exchange(context);
    exchange.client.awaitReader(ClientConnections.now(), connections.limits().answer());
    return context
        .sendResponse()
        .onComplete(done -> {
          if (attempt != null && answered) {
            attempt.member.end();
          }
        });
  }

  private static boolean isRepeatable(HttpServerRequest request) {
    boolean readsOnly =
        request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return readsOnly
        && (length == null || length.equals("0"))
        && request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null;
  }

  private static Future<ProxyResponse> held(ProxyResponse response) {
    Body body = response.getBody();
    if (body == null || body.length() < 0 || body.length() > HELD_BYTES_MAX) {
      return Future.succeededFuture(response);
    }
    boolean isHead = response.request().proxiedRequest().method().equals(HttpMethod.HEAD);
    if (isHead) {
      return Future.succeededFuture(response);
    }
    HttpClientResponse incoming = response.proxiedResponse();
    Future<Buffer> whole = incoming.body();
    incoming.resume();
    return whole.map(bytes -> response.setBody(body(bytes, body.mediaType())));
  }

  private static void forwardedHeaders(ProxyContext context, HttpServerRequest incoming) {
    String client =
        incoming.remoteAddress() == null ? "unknown" : incoming.remoteAddress().hostAddress();
    String before = incoming.getHeader(FORWARDED_FOR);
    context.request().putHeader(FORWARDED_FOR, before == null ? client : before + ", " + client);
    if (incoming.getHeader(FORWARDED_PROTO) == null) {
      context.request().putHeader(FORWARDED_PROTO, "http");
    }
  }

  /** A 503 response that the balancer itself generates. */
  private ProxyResponse refused(ProxyContext context, Refusal refusal) {
    metrics.refused(refusal);
    Exchange exchange = exchange(context);
    ProxyResponse response =
        context
            .request()
            .release()
            .response()
            .setStatusCode(refusal.status)
            .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
            .putHeader(Exchange.REQUEST_ID, exchange.requestId())
            .setBody(
                body(
                    Buffer.buffer(refusal.problem(exchange.traceId())),
                    "application/problem+json"));
    return response.putHeader(HttpHeaders.RETRY_AFTER, "1");
  }

  private static Body body(Buffer bytes, @Nullable String mediaType) {
    return Body.body(Body.body(bytes).stream(), bytes.length(), mediaType);
  }
}
