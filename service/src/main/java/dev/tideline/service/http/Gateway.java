package dev.tideline.service.http;

import dev.tideline.service.metrics.InstanceMetrics;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.PathMatcher;
import io.helidon.http.PathMatchers;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.MDC;

/**
 * What is common to all calls: ids for the logs, the admin token, time taken, errors as problem
 * documents, and answers to paths and methods that no route has.
 */
final class Gateway {

  private static final HeaderName REQUEST_ID = HeaderNames.create("X-Request-Id");
  private static final HeaderName INSTANCE = HeaderNames.create("Tideline-Instance");
  private static final HeaderName SERVER_TIMING = HeaderNames.create("Server-Timing");
  private static final String NO_ROUTE = "none";
  private static final String ADMIN_PATHS = "/admin/";

  private final List<Route> routes;
  private final List<PathMatcher> patterns;
  private final AdminGate gate;
  private final String instance;
  private final InstanceMetrics metrics;

  Gateway(List<Route> routes, AdminGate gate, String instance, InstanceMetrics metrics) {
    this.routes = routes;
    this.patterns = routes.stream().map(route -> PathMatchers.create(route.pattern())).toList();
    this.gate = gate;
    this.instance = instance;
    this.metrics = metrics;
  }

  List<Route> routes() {
    return routes;
  }

  Handler handler(Route route) {
    return (request, response) ->
        answer(
            request,
            response,
            route.pattern(),
            call ->
                route.admin()
                    ? gate.refuse(call).orElseGet(() -> route.endpoint().answer(call))
                    : route.endpoint().answer(call));
  }

  /** For what no route took. */
  Handler noRoute() {
    return (request, response) -> answer(request, response, NO_ROUTE, this::refuse);
  }

  private Answer refuse(Call call) {
    String path = call.request().path().path();
    if (path.startsWith(ADMIN_PATHS)) {
      Optional<Answer> refusal = gate.refuse(call);
      if (refusal.isPresent()) {
        return refusal.get();
      }
    }
    String allowed =
        IntStream.range(0, routes.size())
            .filter(i -> patterns.get(i).match(call.request().prologue().uriPath()).accepted())
            .mapToObj(i -> routes.get(i).method().text())
            .distinct()
            .collect(Collectors.joining(", "));
    String trace = call.ids().trace();
    if (allowed.isEmpty()) {
      return Problems.answer(
          404, "There is nothing at this path; /openapi.yaml tells what there is.", trace);
    }
    Method method = call.request().prologue().method();
    return Problems.answer(
            405, method.text() + " is not for this path; it takes " + allowed + ".", trace)
        .with("Allow", allowed);
  }

  private void answer(
      ServerRequest request, ServerResponse response, String route, Route.Endpoint endpoint) {
    long start = System.nanoTime();
    RequestIds ids = RequestIds.of(request.headers());
    metrics.requestsInFlight().inc();
    MDC.put("request_id", ids.request());
    MDC.put("trace_id", ids.trace());
    try {
      Answer answer;
      try {
        answer = endpoint.answer(new Call(request, ids));
      } catch (RuntimeException e) {
        answer = Problems.of(e, ids.trace());
      }
      send(response, answer, ids, start);
      metrics.requestAnswered(
          method(request), route, answer.status(), Duration.ofNanos(System.nanoTime() - start));
    } finally {
      MDC.clear();
      metrics.requestsInFlight().dec();
    }
  }

  /** Methods are the client's words: only known ones may be a label. */
  private static String method(ServerRequest request) {
    String method = request.prologue().method().text();
    return switch (method) {
      case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH" -> method;
      default -> "other";
    };
  }

  private void send(ServerResponse response, Answer answer, RequestIds ids, long start) {
    response.status(answer.status());
    response.header(REQUEST_ID, ids.request());
    response.header(INSTANCE, instance);
    double millis = Duration.ofNanos(System.nanoTime() - start).toNanos() / 1e6;
    response.header(SERVER_TIMING, String.format(Locale.ROOT, "total;dur=%.1f", millis));
    answer.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
    if (answer.status() == 413) {
      response.header(HeaderNames.CONNECTION, "close"); // the rest of the body is not wanted
    }
    if (answer.body().length == 0) {
      response.send();
    } else {
      response.header(HeaderNames.CONTENT_TYPE, answer.contentType()).send(answer.body());
    }
  }
}
