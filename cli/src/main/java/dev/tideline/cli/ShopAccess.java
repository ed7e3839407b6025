package dev.tideline.cli;

import dev.tideline.cache.RedisConfig;
import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.fleet.control.FleetClient;
import dev.tideline.fleet.control.FleetStatus;
import dev.tideline.fleet.control.FleetStatus.DatabaseStatus;
import dev.tideline.fleet.data.DataDirectory;
import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.RouteDecision;
import dev.tideline.routing.RouterConfig;
import dev.tideline.routing.node.NodeAddress;
import dev.tideline.routing.route.RoutingListener;
import dev.tideline.service.config.InstanceConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The primary of a shop, for commands that do long work on it. */
final class ShopAccess implements AutoCloseable {

  private static final String ENVIRONMENT_URL = "TIDELINE_DB_PRIMARY_URL";
  private static final int CONNECTIONS = 2;
  private static final Duration STATEMENT_TIMEOUT = Duration.ofHours(2);

  private final ReadWriteRouter router;
  private final ShopDatabase database;

  private final String redisUrl;

  private ShopAccess(RouterConfig config, String redisUrl) throws InterruptedException {
    this.redisUrl = redisUrl;
    this.router = ReadWriteRouter.open(config, RoutingListener.NONE);
    this.database = new ShopDatabase(router, (query, duration) -> {});
  }

  static ShopAccess open(String jdbcUrl, String user, String password) throws InterruptedException {
    return open(jdbcUrl, user, password, "");
  }

  private static ShopAccess open(String jdbcUrl, String user, String password, String redisUrl)
      throws InterruptedException {
    return new ShopAccess(
        RouterConfig.of(new NodeAddress("primary", jdbcUrl), List.of(), user, password)
            .withPoolSize(CONNECTIONS)
            .withStatementTimeout(STATEMENT_TIMEOUT)
            .withProbes(ShopDatabase.PROBES),
        redisUrl);
  }

  /**
   * The databases that the environment of {@code serve} names, unless a local fleet is requested or
   * there is none.
   */
  static ShopAccess open(DataOption option, Map<String, String> environment)
      throws InterruptedException {
    if (option.given == null && environment.containsKey(ENVIRONMENT_URL)) {
      InstanceConfig instance = InstanceConfig.from(environment);
      RouterConfig config = instance.databases();
      return open(config.primary().url(), config.user(), config.password(), instance.redis().url());
    }
    Path path = option.path();
    DataDirectory data =
        DataDirectory.find(path)
            .orElseThrow(() ->
                new CommandException(
                    "no fleet in %s: start one with `./tideline up`, or set %s"
                        .formatted(path, ENVIRONMENT_URL)));
    FleetStatus status =
        new FleetClient(data)
            .status()
            .orElseThrow(() ->
                new CommandException(
                    "the fleet in %s is not up: start it with `./tideline up`".formatted(path)));
    DatabaseStatus primary =
        status.databases().stream()
            .filter(server -> server.role().equals("primary"))
            .findFirst()
            .orElseThrow(() -> new CommandException("the fleet has no primary yet"));
    return open(
        "jdbc:postgresql://%s:%d/%s".formatted(primary.host(), primary.port(), primary.database()),
        Credentials.APPLICATION,
        data.credentials().application(),
        Optional.ofNullable(status.redis())
            .map(redis ->
                RedisConfig.urlWithPassword(
                    "redis://127.0.0.1:" + redis.port(), data.redisAccess().application()))
            .orElseThrow(() -> new CommandException("the fleet has no Redis yet")));
  }

  ShopDatabase database() {
    return database;
  }

  RouteDecision explain(String sql) {
    return router.explain(sql);
  }

  String redisUrl() {
    return redisUrl;
  }

  @Override
  public void close() {
    router.close();
  }
}
