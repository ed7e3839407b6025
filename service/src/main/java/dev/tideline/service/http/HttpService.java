package dev.tideline.service.http;

import dev.tideline.cache.Caches;
import dev.tideline.engine.events.EventWriter;
import dev.tideline.engine.outbox.Outbox;
import dev.tideline.engine.preferences.UserPrivacy;
import dev.tideline.engine.search.QueryLog;
import dev.tideline.engine.sessions.SessionHistory;
import dev.tideline.engine.storefront.Storefront;
import dev.tideline.engine.storefront.Stores;
import dev.tideline.engine.warming.Warmer;
import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.token.TokenKeys;
import dev.tideline.service.config.EdgeConfig;
import dev.tideline.service.config.HttpLimits;
import dev.tideline.service.health.HealthReport;
import dev.tideline.service.health.Readiness;
import dev.tideline.service.health.Readiness.Stage;
import dev.tideline.service.metrics.InstanceMetrics;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Serves the engine over HTTP. */
public final class HttpService implements AutoCloseable {

  /**
   * What endpoints call.
   *
   * @param front the reads of shoppers
   * @param intake what shoppers report
   * @param operations what administrators look at and change
   */
  public record Shop(Storefront front, Intake intake, Operations operations) {}

  /** Where the reports of shoppers go. */
  public record Intake(EventWriter events, SessionHistory sessions, QueryLog queries) {}

  /** What administrators look at and change. */
  public record Operations(
      Caches caches,
      Outbox outbox,
      Warmer warmer,
      ReadWriteRouter router,
      Supplier<HealthReport> health) {}

  /**
   * How the service is reached, and by whom.
   *
   * @param managementPort where metrics and admin calls are answered, apart from the public; empty
   *     for {@code port}
   * @param userIdKeys what user ids are signed with; empty if none is
   * @param corsOrigins origins whose pages may make the public calls
   */
  public record Address(
      String instance,
      String host,
      int port,
      OptionalInt managementPort,
      HttpLimits limits,
      Optional<String> adminToken,
      TokenKeys tokens,
      List<String> userIdKeys,
      List<String> corsOrigins,
      EdgeConfig edge) {}

  private final Listeners listeners;
  private final List<String> calls;

  private HttpService(Listeners listeners, List<String> calls) {
    this.listeners = listeners;
    this.calls = calls;
  }

  /**
   * Begins to listen.
   *
   * @throws ListenException if a port is taken
   */
  public static HttpService start(
      Address address, Shop shop, Readiness readiness, InstanceMetrics metrics, Clock clock) {
    Stores stores = shop.front().stores();
    Intake intake = shop.intake();
    Operations operations = shop.operations();
    List<Route> forShoppers =
        Stream.of(
                new SearchEndpoints(
                        shop.front(),
                        intake.sessions(),
                        asked(intake.queries(), readiness),
                        new UserSignatures(address.userIdKeys()),
                        metrics.searches())
                    .routes(),
                new ProductEndpoints(stores.catalog(), shop.front().products(), address.tokens())
                    .routes(),
                new UserEndpoints(
                        stores.users(),
                        shop.front().preferences(),
                        new UserPrivacy(stores.users(), intake.sessions()),
                        address.tokens())
                    .routes())
            .flatMap(List::stream)
            .toList();
    List<Route> routes =
        Stream.of(
                forShoppers,
                new EventEndpoints(
                        intake.events(),
                        intake.sessions(),
                        address.tokens(),
                        metrics.events(),
                        clock)
                    .routes(),
                new RankingEndpoints(stores.ranking(), shop.front().ranking(), address.tokens())
                    .routes(),
                new CacheEndpoints(
                        operations.caches(),
                        operations.outbox(),
                        operations.warmer(),
                        new RouteTable(forShoppers),
                        address.tokens())
                    .routes(),
                new JobEndpoints(stores.jobs()).routes(),
                new RoutingEndpoints(operations.router()).routes(),
                new OperationEndpoints(operations.health(), readiness, metrics.registry()).routes())
            .flatMap(List::stream)
            .toList();
    AdminGate gate = new AdminGate(address.adminToken());
    Cors cors = new Cors(address.corsOrigins());
    EdgePolicy edge = new EdgePolicy(address.edge(), operations.caches().invalidations()::silence);
    return new HttpService(
        Listeners.open(
            new Listeners.Ports(address.host(), address.port(), address.managementPort()),
            address.limits(),
            routes,
            (table, requestsMax, connections) ->
                new Gateway(
                    table,
                    requestsMax,
                    connections,
                    gate,
                    cors,
                    edge,
                    address.tokens(),
                    address.instance(),
                    readiness,
                    metrics.http()),
            metrics.http()),
        calls(routes));
  }

  /** Requests during the warm-up are rehearsals, and do not count as shoppers'. */
  private static SearchEndpoints.Asked asked(QueryLog log, Readiness readiness) {
    return (query, actor, nothingFound) -> {
      if (readiness.stage() != Stage.WARMING) {
        log.add(query, actor, nothingFound);
      }
    };
  }

  private static List<String> calls(List<Route> routes) {
    return routes.stream().map(route -> route.method().text() + ' ' + route.pattern()).toList();
  }

  public int port() {
    return listeners.port();
  }

  /** Every call that is answered, as method and pattern: {@code GET /v1/products/{id}}. */
  public List<String> calls() {
    return calls;
  }

  /** Lets requests under way end, for ten seconds at most, and stops listening. */
  @Override
  public void close() {
    listeners.close();
  }
}
