package dev.tideline.service.http;

import dev.tideline.engine.input.OverloadedException;
import dev.tideline.routing.token.TokenKeys;
import dev.tideline.service.health.Readiness;
import dev.tideline.service.health.Readiness.Stage;
import dev.tideline.service.http.RouteTable.Match;
import dev.tideline.service.metrics.HttpMetrics;
import dev.tideline.service.metrics.Refusal;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/**
 * What is common to all calls: ids for the logs, the admin token, time taken, errors as problem
 * documents, and answers to paths and methods that no route has.
 */
final class Gateway implements Handler {

  private static final HeaderName REQUEST_ID = HeaderNames.create("X-Request-Id");
  private static final HeaderName INSTANCE = HeaderNames.create("Tideline-Instance");
  private static final HeaderName WARMTH = HeaderNames.create("Tideline-Warmth");
  private static final HeaderName SERVER_TIMING = HeaderNames.create("Server-Timing");
  private static final String NO_ROUTE = "none";
  private static final String SHOP_PATHS = "/v1/";
  private static final String ADMIN_PATHS = "/admin/";
  private static final Pattern TARGET = Pattern.compile("(?:https?:/{1,2}[^/]+)?(/.*)?|\\*");
  private static final ByteBuffer NO_BODY = ByteBuffer.allocate(0);

  /** The limit of concurrent probes and scrapes, which is separate from that of requests. */
  private static final int OPERATIONS_MAX = 100;

  private final RouteTable routes;
  private final boolean hasAdminPaths;
  private final Semaphore requests;
  private final Semaphore operations = new Semaphore(OPERATIONS_MAX);
  private final Connections connections;
  private final AdminGate gate;
  private final Cors cors;
  private final EdgePolicy edge;
  private final TokenKeys tokens;
  private final String instance;
  private final Readiness readiness;
  private final HttpMetrics metrics;

  /**
   * All that a port answers.
   *
   * @param requestsMax answered at once
   */
  Gateway(
      List<Route> routes,
      int requestsMax,
      Connections connections,
      AdminGate gate,
      Cors cors,
      EdgePolicy edge,
      TokenKeys tokens,
      String instance,
      Readiness readiness,
      HttpMetrics metrics) {
    this.routes = new RouteTable(routes);
    this.hasAdminPaths = routes.stream().anyMatch(route -> route.pattern().startsWith(ADMIN_PATHS));
    this.requests = new Semaphore(requestsMax);
    this.connections = connections;
    this.gate = gate;
    this.cors = cors;
    this.edge = edge;
    this.tokens = tokens;
    this.instance = instance;
    this.readiness = readiness;
    this.metrics = metrics;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    long start = System.nanoTime();
    RequestIds ids = RequestIds.of(request.headers());
    MDC.put("request_id", ids.request());
    MDC.put("trace_id", ids.trace());
    String route = NO_ROUTE;
    try {
      Answer answer;
      boolean open = false;
      try {
        String asked = request.prologue().method().text();
        Optional<String> preflight = cors.preflight(asked, request.headers());
        String path = path(request);
        Match match = routes.find(preflight.orElse(asked), path);
        if (match instanceof Match.Found found) {
          route = found.route().pattern();
          open = found.route().open();
        }
        answer =
            open && preflight.isPresent()
                ? cors.allow()
                : answer(preflight.isPresent() ? routes.find(asked, path) : match, request, ids);
      } catch (CloseConnectionException e) {
        throw e; // there is nobody to answer
      } catch (RuntimeException e) {
        answer = Problems.of(e, ids.trace());
      }
      if (answer.status() >= 400) {
        answer = answer.with("Cache-Control", "no-store");
      }
      if (open) {
        answer = cors.tell(answer, request.headers());
      }
      send(request, response, answer, ids, start);
      if (route.startsWith(SHOP_PATHS)) {
        readiness.answered();
      }
      if (readiness.stage() != Stage.WARMING) { // else it is a rehearsal
        metrics.requestAnswered(
            method(request), route, answer.status(), Duration.ofNanos(System.nanoTime() - start));
      }
    } finally {
      MDC.clear();
    }
    end(request, response);
  }

  /** The requested path; proxies may put the host before it (RFC 9112, section 3.2.2). */
  private static String path(ServerRequest request) {
    Matcher target = TARGET.matcher(request.path().rawPath());
    if (!target.matches()) {
      throw new ProblemException(400, "The request's target is not a path.");
    }
    return target.group(1) == null ? "/" : target.group(1);
  }

  /** Reads the rest of the request, so that the next one can follow on the connection. */
  private void end(ServerRequest request, ServerResponse response) {
    boolean closes = response.headers().contains(HeaderValues.CONNECTION_CLOSE);
    if (!closes) {
      consume(request);
    }
    if (request.content().consumed() || !request.content().hasEntity()) {
      connections.current().ifPresent(BoundedConnection::requestEnded);
    }
    if (closes) {
      // Helidon 4.5.0 announces the close, and waits for the client to close (its issue 12324).
      throw new CloseConnectionException("the client asked for it, or was told so");
    }
  }

  private static void consume(ServerRequest request) {
    try {
      request.content().consume();
    } catch (RuntimeException e) {
      throw new CloseConnectionException("the rest of the request cannot be read", e);
    }
  }

  private Answer answer(Match match, ServerRequest request, RequestIds ids) {
    return switch (match) {
      case Match.Found(Route route, Map<String, String> parameters) ->
          answer(route, call(request, parameters, ids));
      case Match.WrongMethod(String allowed) -> wrongMethod(allowed, request, ids);
      case Match.NoSuchPath() -> noSuchPath(request, ids);
    };
  }

  private Answer answer(Route route, Call call) {
    Optional<Answer> refusal = route.admin() ? gate.refuse(call) : Optional.empty();
    if (refusal.isPresent()) {
      return refusal.get();
    }
    Answer answer = placed(route, route.method().equals(Method.GET) ? call : call.with(body(call)));
    Answer told = call.requestReads().told(answer, route.shared(), edge);
    return told.headers().containsKey("CDN-Cache-Control")
        ? EntityTags.apply(told, call.request().headers())
        : told;
  }

  /** All of the body; the connection limits how long it may take and be. */
  private static ByteBuffer body(Call call) {
    if (!call.request().content().hasEntity()) {
      return NO_BODY;
    }
    try {
      // not closed: that would read on after a failure
      return ByteBuffer.wrap(call.request().content().inputStream().readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalArgumentException e) { // of Helidon's, for the length of a chunk
      throw new ProblemException(400, "The body's chunks are malformed.");
    }
  }

  /** The answer of a route, if there is a place for one more request. */
  private Answer placed(Route route, Call call) {
    Semaphore places = route.operation() ? operations : requests;
    if (!places.tryAcquire()) {
      metrics.refused(Refusal.REQUESTS);
      throw new OverloadedException(BoundedConnection.text(Refusal.REQUESTS));
    }
    metrics.requestsInFlight().inc();
    try {
      return route.endpoint().answer(call);
    } finally {
      metrics.requestsInFlight().dec();
      places.release();
    }
  }

  private static Answer wrongMethod(String allowed, ServerRequest request, RequestIds ids) {
    Answer answer =
        request.prologue().method().equals(Method.OPTIONS)
            ? Answer.noContent()
            : Problems.answer(405, "This path takes " + allowed + ".", ids.trace());
    return answer.with("Allow", allowed);
  }

  private Call call(ServerRequest request, Map<String, String> parameters, RequestIds ids) {
    ConsistencyHeaders reads =
        new ConsistencyHeaders(request.headers(), tokens, () -> gate.isAdmin(request.headers()));
    return new Call(request, request.query(), parameters, ids, reads, NO_BODY);
  }

  /** Only admins learn which paths below the admin paths exist. */
  private Answer noSuchPath(ServerRequest request, RequestIds ids) {
    Answer unknown =
        Problems.answer(
            404, "There is nothing at this path; /openapi.yaml tells what there is.", ids.trace());
    return hasAdminPaths && request.path().rawPath().startsWith(ADMIN_PATHS)
        ? gate.refuse(call(request, Map.of(), ids)).orElse(unknown)
        : unknown;
  }

  /** Methods are the client's words: only known ones may be a label. */
  private static String method(ServerRequest request) {
    String method = request.prologue().method().text();
    return switch (method) {
      case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH" -> method;
      default -> "other";
    };
  }

  /** Whether the rest of the request is not wanted, not to be had, or not known to come. */
  private static boolean isLast(ServerRequest request, Answer answer) {
    boolean unread = request.content().hasEntity() && !request.content().consumed();
    return unread
        && (!request.continueSent()
            || answer.status() == 400
            || answer.status() == 413
            || answer.status() == 503);
  }

  private void send(
      ServerRequest request, ServerResponse response, Answer answer, RequestIds ids, long start) {
    response.status(answer.status());
    response.header(REQUEST_ID, ids.request());
    response.header(INSTANCE, instance);
    double warmth = readiness.warmth();
    if (warmth < 1) {
      response.header(WARMTH, String.format(Locale.ROOT, "%.2f", warmth));
    }
    double millis = Duration.ofNanos(System.nanoTime() - start).toNanos() / 1e6;
    response.header(SERVER_TIMING, String.format(Locale.ROOT, "total;dur=%.1f", millis));
    answer.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
    if (isLast(request, answer)) {
      response.header(HeaderNames.CONNECTION, "close");
    }
    if (answer.body().length == 0) {
      response.send();
    } else if (method(request).equals("HEAD")) {
      response
          .header(HeaderNames.CONTENT_TYPE, answer.contentType())
          .header(HeaderNames.CONTENT_LENGTH, Integer.toString(answer.body().length))
          .send();
    } else {
      response.header(HeaderNames.CONTENT_TYPE, answer.contentType()).send(answer.body());
    }
  }
}
