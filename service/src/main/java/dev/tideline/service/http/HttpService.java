package dev.tideline.service.http;

import dev.tideline.cache.Caches;
import dev.tideline.engine.Storefront;
import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.database.Outbox;
import dev.tideline.engine.events.EventWriter;
import dev.tideline.engine.jobs.JobStore;
import dev.tideline.engine.preferences.UserPrivacy;
import dev.tideline.engine.preferences.UserStore;
import dev.tideline.engine.ranking.RankingStore;
import dev.tideline.engine.search.QueryLog;
import dev.tideline.engine.sessions.SessionHistory;
import dev.tideline.engine.warming.Warmer;
import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.token.TokenKeys;
import dev.tideline.service.EdgeConfig;
import dev.tideline.service.health.HealthReport;
import dev.tideline.service.health.Readiness;
import dev.tideline.service.health.Readiness.Stage;
import dev.tideline.service.metrics.InstanceMetrics;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http1.Http1Config;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Answers HTTP with what the engine knows. */
public final class HttpService implements AutoCloseable {

  /**
   * Longer request lines are refused before they are read; ones this long still get an answer that
   * explains.
   */
  private static final int REQUEST_LINE_BYTES_MAX = 64 << 10;

  private static final int HEADER_BYTES_MAX = 64 << 10;
  private static final int CONCURRENT_REQUESTS_MAX = 2_000;
  private static final int CONNECTIONS_MAX = 4_000;

  /** How long requests under way may take when the instance stops. */
  private static final Duration STOP_GRACE = Duration.ofSeconds(10);

  /** What endpoints call. */
  public record Shop(
      Storefront front,
      CatalogStore catalog,
      EventWriter events,
      SessionHistory sessions,
      QueryLog queries,
      UserStore users,
      RankingStore ranking,
      JobStore jobs,
      Caches caches,
      Outbox outbox,
      Warmer warmer) {}

  /**
   * How the service is reached, and by whom.
   *
   * @param userIdKeys what user ids are signed with; empty if none is
   * @param corsOrigins whose pages may make the public calls
   */
  public record Address(
      String instance,
      String host,
      int port,
      Optional<String> adminToken,
      TokenKeys tokens,
      List<String> userIdKeys,
      List<String> corsOrigins,
      EdgeConfig edge) {}

  private final WebServer server;
  private final List<String> calls;

  private HttpService(WebServer server, List<String> calls) {
    this.server = server;
    this.calls = calls;
  }

  /** Begins to listen. */
  public static HttpService start(
      Address address,
      Shop shop,
      ReadWriteRouter router,
      Supplier<HealthReport> health,
      Readiness readiness,
      InstanceMetrics metrics,
      Clock clock) {
    List<Route> forShoppers =
        Stream.of(
                new SearchEndpoints(
                        shop.front(),
                        shop.sessions(),
                        asked(shop.queries(), readiness),
                        new UserSignatures(address.userIdKeys()),
                        metrics)
                    .routes(),
                new ProductEndpoints(shop.catalog(), shop.front().products(), address.tokens())
                    .routes(),
                new UserEndpoints(
                        shop.users(),
                        shop.front().preferences(),
                        new UserPrivacy(shop.users(), shop.sessions()),
                        address.tokens())
                    .routes())
            .flatMap(List::stream)
            .toList();
    List<Route> routes =
        Stream.of(
                forShoppers,
                new EventEndpoints(shop.events(), shop.sessions(), address.tokens(), metrics, clock)
                    .routes(),
                new RankingEndpoints(shop.ranking(), shop.front().ranking(), address.tokens())
                    .routes(),
                new CacheEndpoints(
                        shop.caches(),
                        shop.outbox(),
                        shop.warmer(),
                        new RouteTable(forShoppers),
                        address.tokens())
                    .routes(),
                new JobEndpoints(shop.jobs()).routes(),
                new RoutingEndpoints(router).routes(),
                new OperationEndpoints(health, readiness, metrics.registry()).routes())
            .flatMap(List::stream)
            .toList();
    Gateway gateway =
        new Gateway(
            routes,
            new AdminGate(address.adminToken()),
            new Cors(address.corsOrigins()),
            new EdgePolicy(address.edge(), shop.caches().invalidations()::silence),
            address.tokens(),
            address.instance(),
            readiness,
            metrics);
    WebServer server =
        WebServer.builder()
            .host(address.host())
            .port(address.port())
            .shutdownHook(false)
            .shutdownGracePeriod(STOP_GRACE)
            // or the second packet of an answer waits 40 ms for the client to confirm the first
            .connectionOptions(connection -> connection.tcpNoDelay(true))
            .maxTcpConnections(CONNECTIONS_MAX)
            .maxConcurrentRequests(CONCURRENT_REQUESTS_MAX)
            .maxPayloadSize(Call.BODY_BYTES_MAX + Call.DRAINED_BYTES_MAX)
            .addProtocol(
                Http1Config.builder()
                    .maxPrologueLength(REQUEST_LINE_BYTES_MAX)
                    .maxHeadersSize(HEADER_BYTES_MAX)
                    .build())
            .directHandlers(problems())
            .routing(routing -> routing.any(gateway))
            .build();
    try {
      return new HttpService(server.start(), calls(routes));
    } catch (RuntimeException e) {
      throw new ListenException(
          "cannot listen on %s:%d (TIDELINE_HTTP_HOST, TIDELINE_HTTP_PORT): %s"
              .formatted(address.host(), address.port(), e.getMessage()),
          e);
    }
  }

  /** What is asked while it warms up is a rehearsal, not a shopper's. */
  private static SearchEndpoints.Asked asked(QueryLog log, Readiness readiness) {
    return (query, actor, nothingFound) -> {
      if (readiness.stage() != Stage.WARMING) {
        log.add(query, actor, nothingFound);
      }
    };
  }

  /** What Helidon itself refuses is a problem document too. */
  private static DirectHandlers problems() {
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      handlers.addHandler(
          type,
          (request, event, status, headers, message) -> {
            boolean ours = status.code() >= 500;
            Answer answer =
                Problems.answer(
                    status.code(),
                    ours ? "The request failed." : "The request is malformed or over a limit.",
                    RequestIds.random());
            return DirectHandler.TransportResponse.builder()
                .status(Status.create(status.code()))
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, Answer.PROBLEM)
                .keepAlive(false)
                .entity(answer.body())
                .build();
          });
    }
    return handlers.build();
  }

  private static List<String> calls(List<Route> routes) {
    return routes.stream().map(route -> route.method().text() + ' ' + route.pattern()).toList();
  }

  public int port() {
    return server.port();
  }

  /** Every call that is answered, as method and pattern: {@code GET /v1/products/{id}}. */
  public List<String> calls() {
    return calls;
  }

  /** Lets requests under way end, for ten seconds at most, and stops listening. */
  @Override
  public void close() {
    server.stop();
  }
}
