package dev.tideline.service.http;

import dev.tideline.service.config.HttpLimits;
import dev.tideline.service.metrics.HttpMetrics;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * The ports of an instance: one, or one for the public and one for operators and their tools. Both
 * answer {@code /health}, for balancers ask where they send requests.
 */
final class Listeners implements AutoCloseable {

  private static final String PUBLIC = "public";
  private static final String MANAGEMENT = "management";

  /** On the management port, where only operators and their tools come. */
  private static final int MANAGEMENT_CONNECTIONS_MAX = 500;

  private static final int MANAGEMENT_REQUESTS_MAX = 100;

  /** How long requests under way may take when the instance stops. */
  private static final Duration STOP_GRACE = Duration.ofSeconds(10);

  /**
   * Where it listens.
   *
   * @param managementPort empty where all is answered on {@code port}
   */
  record Ports(String host, int port, OptionalInt managementPort) {}

  /** Makes what answers on a port. */
  @FunctionalInterface
  interface Gateways {
    Gateway of(List<Route> routes, int requestsMax, Connections connections);
  }

  private final WebServer server;
  private final List<Connections> connections;

  private Listeners(WebServer server, List<Connections> connections) {
    this.server = server;
    this.connections = connections;
  }

  /**
   * Begins to listen.
   *
   * @throws ListenException if a port is taken
   */
  static Listeners open(
      Ports ports, HttpLimits limits, List<Route> routes, Gateways gateways, HttpMetrics metrics) {
    List<Connections> connections = new ArrayList<>();
    Predicate<Route> isPublic = route -> ports.managementPort().isEmpty() || !route.internal();
    WebServerConfig.Builder server = WebServer.builder().shutdownHook(false);
    Connections open = new Connections(PUBLIC, limits, metrics);
    connections.add(open);
    configure(
        server,
        ports.host(),
        ports.port(),
        limits,
        open,
        gateways.of(routes.stream().filter(isPublic).toList(), limits.requests(), open));
    ports
        .managementPort()
        .ifPresent(port -> {
          HttpLimits own =
              new HttpLimits(
                  limits.headerTimeout(),
                  limits.bodyTimeout(),
                  MANAGEMENT_CONNECTIONS_MAX,
                  MANAGEMENT_REQUESTS_MAX);
          Connections internal = new Connections(MANAGEMENT, own, metrics);
          connections.add(internal);
          List<Route> table =
              routes.stream().filter(route -> route.internal() || route.operation()).toList();
          server.putSocket(
              MANAGEMENT,
              listener -> {
                Gateway gateway = gateways.of(table, MANAGEMENT_REQUESTS_MAX, internal);
                configure(listener, ports.host(), port, own, internal, gateway);
              });
        });
    try {
      return new Listeners(server.build().start(), connections);
    } catch (RuntimeException e) {
      connections.forEach(Connections::close);
      throw new ListenException(
          "cannot listen on %s:%d%s (TIDELINE_HTTP_HOST, TIDELINE_HTTP_PORT,"
                  .formatted(
                      ports.host(),
                      ports.port(),
                      ports.managementPort().isPresent()
                          ? " and " + ports.managementPort().getAsInt()
                          : "")
              + " TIDELINE_MANAGEMENT_PORT): "
              + e.getMessage(),
          e);
    }
  }

  private static void configure(
      ListenerConfig.BuilderBase<?, ?> listener,
      String host,
      int port,
      HttpLimits limits,
      Connections connections,
      Gateway gateway) {
    listener
        .host(host)
        .port(port)
        .shutdownGracePeriod(STOP_GRACE)
        // or the second packet of an answer waits 40 ms for the client to confirm the first
        .connectionOptions(connection -> connection.tcpNoDelay(true))
        .maxTcpConnections(limits.connections() + Connections.LEAVING_MAX)
        .maxPayloadSize(Call.BODY_BYTES_MAX)
        .protocolsDiscoverServices(false)
        .addConnectionSelector(connections)
        .directHandlers(problems(connections))
        .routing(routing -> routing.any(gateway));
  }

  /** What Helidon itself refuses is a problem document too. */
  private static DirectHandlers problems(Connections connections) {
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      handlers.addHandler(
          type,
          (request, event, status, headers, message) -> {
            // what fails while headers are read fails for what the client sent
            boolean malformed =
                status.code() == 500
                    && connections
                        .current()
                        .filter(BoundedConnection::isReadingHeaders)
                        .isPresent();
            int code = malformed ? 400 : status.code();
            Answer answer =
                Problems.answer(code, detail(code), RequestIds.of(request.headers()).trace());
            return DirectHandler.TransportResponse.builder()
                .status(Status.create(code))
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, Answer.PROBLEM)
                .keepAlive(false)
                .entity(answer.body())
                .build();
          });
    }
    return handlers.build();
  }

  private static String detail(int status) {
    return switch (status) {
      case 413 -> "A body may have at most " + Call.BODY_BYTES_MAX + " bytes.";
      case 414 -> "The request line is too long.";
      case 501 -> "The method or the transfer encoding is none that is known here.";
      case 503 -> "Too much is being asked; try again.";
      case 505 -> "HTTP/1.1 and HTTP/1.0 are spoken here.";
      default -> status < 500 ? "The request is malformed or over a limit." : "The request failed.";
    };
  }

  int port() {
    return server.port();
  }

  /** Lets requests under way end, for ten seconds at most, and stops listening. */
  @Override
  public void close() {
    server.stop();
    connections.forEach(Connections::close);
  }
}
