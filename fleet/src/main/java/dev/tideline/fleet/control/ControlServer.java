package dev.tideline.fleet.control;

import dev.tideline.embedded.process.ServerException;
import dev.tideline.fleet.data.FleetJson;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * An HTTP server for operators: {@code /status}, {@code /metrics}, {@code /health/live} and, for a
 * local fleet, {@code /console} and {@code /restart}.
 */
public final class ControlServer implements AutoCloseable {

  private static final String PROBLEM = "application/problem+json";
  private static final String LOOPBACK = "127.0.0.1";
  private static final int CONNECTIONS_MAX = 500;
  private static final int REQUESTS_MAX = 100;

  /** No endpoint accepts a body. A request with one is rejected before the body is read. */
  private static final long BODY_BYTES_MAX = 0;

  private static final Duration IDLE = Duration.ofSeconds(30);

  /** The console runs only its inline scripts and connects only to this server. */
  private static final String CONSOLE_POLICY =
      "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline';"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final byte[] LIVE = "{\"status\":\"live\"}".getBytes(StandardCharsets.US_ASCII);

  private final WebServer server;

  private ControlServer(WebServer server) {
    this.server = server;
  }

  /**
   * Starts the server of a local fleet, on a port of loopback.
   *
   * @param token token that a restart requires
   */
  public static ControlServer start(
      int port,
      Supplier<FleetStatus> status,
      PrometheusRegistry metrics,
      String token,
      Restart restart) {
    byte[] console = console();
    return start(
        LOOPBACK,
        port,
        route(status, metrics)
            .post("/restart", new RestartEndpoint(token, restart))
            .get(
                "/console",
                (request, response) -> {
                  response.header(HeaderNames.create("Content-Security-Policy"), CONSOLE_POLICY);
                  send(response, "text/html; charset=utf-8", console);
                }));
  }

  /** Starts the server of an autoscaler, without console and restart. */
  public static ControlServer ofAutoscaler(
      String host,
      int port,
      Supplier<FleetStatus.ScalingStatus> status,
      PrometheusRegistry metrics) {
    return start(host, port, route(status, metrics));
  }

  private static ControlServer start(String host, int port, HttpRouting.Builder routing) {
    WebServer server =
        WebServer.builder()
            .host(host)
            .port(port)
            .shutdownHook(false)
            .maxTcpConnections(CONNECTIONS_MAX)
            .maxConcurrentRequests(REQUESTS_MAX)
            .maxPayloadSize(BODY_BYTES_MAX)
            .idleConnectionTimeout(IDLE)
            .idleConnectionPeriod(IDLE.dividedBy(2))
            .directHandlers(problems())
            .addRouting(routing.any((request, response) -> notFound(response)))
            .build();
    try {
      return new ControlServer(server.start());
    } catch (RuntimeException e) {
      throw new ServerException("cannot listen on the control port " + port, e);
    }
  }

  private static HttpRouting.Builder route(Supplier<?> status, PrometheusRegistry metrics) {
    return HttpRouting.builder()
        .get(
            "/status",
            (request, response) ->
                send(
                    response, "application/json", FleetJson.MAPPER.writeValueAsBytes(status.get())))
        .get("/metrics", (request, response) -> metrics(request, response, metrics))
        .get("/health/live", (request, response) -> send(response, "application/json", LIVE));
  }

  public int port() {
    return server.port();
  }

  private static void metrics(
      ServerRequest request, ServerResponse response, PrometheusRegistry metrics)
      throws IOException {
    var writer =
        ExpositionFormats.init()
            .findWriter(request.headers().value(HeaderNames.ACCEPT).orElse(null));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writer.write(bytes, metrics.scrape());
    send(response, writer.getContentType(), bytes.toByteArray());
  }

  private static void notFound(ServerResponse response) {
    problem(
        response, Status.NOT_FOUND_404, "The control address serves /status, /metrics, /console.");
  }

  /** Requests that Helidon itself rejects are answered with a problem document too. */
  private static DirectHandlers problems() {
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      handlers.addHandler(
          type,
          (request, event, status, headers, message) ->
              DirectHandler.TransportResponse.builder()
                  .status(status)
                  .headers(headers)
                  .header(HeaderNames.CONTENT_TYPE, PROBLEM)
                  .keepAlive(false)
                  .entity(problem(status, "The request is malformed or over a limit."))
                  .build());
    }
    return handlers.build();
  }

  static void problem(ServerResponse response, Status status, String detail) {
    response.status(status);
    send(response, PROBLEM, problem(status, detail));
  }

  private static byte[] problem(Status status, String detail) {
    return FleetJson.MAPPER.writeValueAsBytes(
        new Problem(
            "about:blank",
            status.reasonPhrase(),
            status.code(),
            detail,
            UUID.randomUUID().toString().replace("-", "")));
  }

  /** A problem document (RFC 9457), in the same format as the instances' errors. */
  private record Problem(String type, String title, int status, String detail, String trace_id) {}

  static void send(ServerResponse response, String type, byte[] body) {
    response.header(HeaderNames.CONTENT_TYPE, type).send(body);
  }

  private static byte[] console() {
    try (InputStream in = ControlServer.class.getResourceAsStream("console.html")) {
      if (in == null) {
        throw new ServerException("console.html is missing from the jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ServerException("cannot read console.html", e);
    }
  }

  @Override
  public void close() {
    server.stop();
  }
}
