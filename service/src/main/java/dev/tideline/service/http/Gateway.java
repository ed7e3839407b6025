package dev.tideline.service.http;

import dev.tideline.routing.token.TokenKeys;
import dev.tideline.service.health.Readiness;
import dev.tideline.service.health.Readiness.Stage;
import dev.tideline.service.http.RouteTable.Match;
import dev.tideline.service.metrics.InstanceMetrics;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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

  private final RouteTable routes;
  private final AdminGate gate;
  private final Cors cors;
  private final EdgePolicy edge;
  private final TokenKeys tokens;
  private final String instance;
  private final Readiness readiness;
  private final InstanceMetrics metrics;

  Gateway(
      List<Route> routes,
      AdminGate gate,
      Cors cors,
      EdgePolicy edge,
      TokenKeys tokens,
      String instance,
      Readiness readiness,
      InstanceMetrics metrics) {
    this.routes = new RouteTable(routes);
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
    metrics.requestsInFlight().inc();
    MDC.put("request_id", ids.request());
    MDC.put("trace_id", ids.trace());
    String route = NO_ROUTE;
    try {
      Answer answer;
      boolean open = false;
      try {
        String asked = request.prologue().method().text();
        Optional<String> preflight = cors.preflight(asked, request.headers());
        Match match = routes.find(preflight.orElse(asked), request.path().rawPath());
        if (match instanceof Match.Found found) {
          route = found.route().pattern();
          open = found.route().open();
        }
        answer =
            open && preflight.isPresent()
                ? cors.allow()
                : answer(
                    preflight.isPresent() ? routes.find(asked, request.path().rawPath()) : match,
                    request,
                    ids);
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
      metrics.requestsInFlight().dec();
    }
    if (response.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
      // Helidon 4.5.0 says that it closes, and waits for the client to (its issue 12324).
      throw new CloseConnectionException("as the client wished, or as it was told");
    }
  }

  private Answer answer(Match match, ServerRequest request, RequestIds ids) {
    return switch (match) {
      case Match.Found(Route route, Map<String, String> parameters) -> {
        Call call = call(request, parameters, ids);
        Answer answer =
            route.admin()
                ? gate.refuse(call).orElseGet(() -> route.endpoint().answer(call))
                : route.endpoint().answer(call);
        Answer told = call.requestReads().told(answer, route.shared(), edge);
        yield told.headers().containsKey("CDN-Cache-Control")
            ? EntityTags.apply(told, request.headers())
            : told;
      }
      case Match.WrongMethod(String allowed) ->
          Problems.answer(405, "This path takes " + allowed + ".", ids.trace())
              .with("Allow", allowed);
      case Match.NoSuchPath() -> noSuchPath(request, ids);
    };
  }

  private Call call(ServerRequest request, Map<String, String> parameters, RequestIds ids) {
    RequestReads reads =
        new RequestReads(request.headers(), tokens, () -> gate.isAdmin(request.headers()));
    return new Call(request, request.query(), parameters, ids, reads);
  }

  /** What lies below the admin paths is told to admins alone, what does not lie there too. */
  private Answer noSuchPath(ServerRequest request, RequestIds ids) {
    Answer unknown =
        Problems.answer(
            404, "There is nothing at this path; /openapi.yaml tells what there is.", ids.trace());
    return request.path().rawPath().startsWith(ADMIN_PATHS)
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
    if (answer.status() == 413) {
      response.header(HeaderNames.CONNECTION, "close"); // the rest of the body is not wanted
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
