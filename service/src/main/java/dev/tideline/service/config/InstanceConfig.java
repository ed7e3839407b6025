package dev.tideline.service.config;

import dev.tideline.cache.RedisConfig;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.events.Retention;
import dev.tideline.routing.RouterConfig;
import dev.tideline.routing.node.ConnectionBudget;
import dev.tideline.routing.node.HostedReplicas;
import dev.tideline.routing.node.NodeAddress;
import dev.tideline.routing.node.PoolSettings;
import dev.tideline.routing.route.ReadSettings;
import dev.tideline.routing.route.ReplicaSelection;
import dev.tideline.routing.token.TokenKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Settings of one instance, from the environment variables that the contracts name.
 *
 * @param name the value of the header {@code Tideline-Instance}
 * @param managementPort where metrics and admin calls are answered, and {@code /health} too; empty
 *     for {@code port}
 * @param limits the load that is accepted from clients
 * @param adminToken without one every admin call is refused
 * @param tokenKeys secrets that sign consistency tokens; the first signs, all verify
 * @param userIdKeys secrets that the shop's server signs user ids with, all of which verify; empty
 *     if it signs none
 * @param corsOrigins origins whose pages may make the public calls
 * @param drainDelay how long a stopping instance continues to serve, so that balancers see it is
 *     unready
 * @param rehearsal how long an instance may send itself typical requests before it is ready, so
 *     that the first of them do not run code that has never run; zero for not at all
 * @param retention how long events are kept; empty for no limit
 * @param caches how answers are cached
 * @param edge what caches before the service may keep
 * @param search which engine searches
 */
public record InstanceConfig(
    String name,
    String host,
    int port,
    OptionalInt managementPort,
    HttpLimits limits,
    RouterConfig databases,
    RedisConfig redis,
    Optional<String> adminToken,
    List<String> tokenKeys,
    List<String> userIdKeys,
    List<String> corsOrigins,
    Duration drainDelay,
    Duration rehearsal,
    Optional<Retention> retention,
    CacheConfig caches,
    EdgeConfig edge,
    SearchConfig search) {

  /** The prefix of a URL whose host name resolves to any number of replicas. */
  private static final String LOOKED_UP = "dns:";

  private static final String MANAGEMENT_PORT = "TIDELINE_MANAGEMENT_PORT";
  private static final Duration REHEARSAL = Duration.ofMillis(500);

  private static final Pattern ORIGIN = Pattern.compile("\\*|https?://[^/?#\\s]+");

  /** The settings cannot be used; the message lists every problem. */
  public static final class InvalidConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidConfigException(List<String> problems) {
      super("Invalid configuration:\n  " + String.join("\n  ", problems));
    }
  }

  /**
   * Reads the settings.
   *
   * @throws InvalidConfigException with all problems, not only the first
   */
  public static InstanceConfig from(Map<String, String> environment) {
    EnvironmentReader reader = new EnvironmentReader(environment);
    int port = reader.integer("TIDELINE_HTTP_PORT", 8080, 1, 65_535);
    String host = reader.text("TIDELINE_HTTP_HOST").orElse("0.0.0.0");
    InstanceConfig config =
        new InstanceConfig(
            reader.text("TIDELINE_INSTANCE_NAME").orElse("port-" + port),
            host,
            port,
            managementPort(reader, port),
            HttpLimits.from(reader),
            databases(reader),
            redis(reader),
            reader.secret("TIDELINE_ADMIN_TOKEN"),
            tokenKeys(reader),
            userIdKeys(reader),
            corsOrigins(reader),
            reader.duration("TIDELINE_DRAIN_DELAY", Duration.ofSeconds(5)),
            reader.duration("TIDELINE_REHEARSAL", REHEARSAL, Duration.ZERO, Duration.ofMinutes(5)),
            retention(reader),
            CacheConfig.from(reader),
            EdgeConfig.from(reader),
            SearchConfig.from(reader));
    reader.oneOf("TIDELINE_LOG_FORMAT", List.of("text", "json"));
    if (!reader.problems().isEmpty()) {
      throw new InvalidConfigException(reader.problems());
    }
    return config;
  }

  /**
   * The settings of databases alone, for commands that are not instances.
   *
   * @throws InvalidConfigException with all problems, not only the first
   */
  public static RouterConfig databasesOf(Map<String, String> environment) {
    EnvironmentReader reader = new EnvironmentReader(environment);
    RouterConfig databases = databases(reader);
    if (!reader.problems().isEmpty()) {
      throw new InvalidConfigException(reader.problems());
    }
    return databases;
  }

  private static OptionalInt managementPort(EnvironmentReader reader, int port) {
    if (reader.text(MANAGEMENT_PORT).isEmpty()) {
      return OptionalInt.empty();
    }
    int management = reader.integer(MANAGEMENT_PORT, 0, 1, 65_535);
    if (management == port) {
      reader.problem(MANAGEMENT_PORT + ": is TIDELINE_HTTP_PORT too; leave it out for one port");
    }
    return OptionalInt.of(management);
  }

  /** Without a common key the tokens of one instance would be refused by the next. */
  private static List<String> tokenKeys(EnvironmentReader reader) {
    List<String> keys = reader.secretList("TIDELINE_TOKEN_KEY");
    if (keys.isEmpty()) {
      reader.problem(
          "TIDELINE_TOKEN_KEY: is not set; it signs consistency tokens: a random text of 16"
              + " characters or more, the same for every instance");
    }
    return longEnough(reader, "TIDELINE_TOKEN_KEY", keys);
  }

  private static List<String> userIdKeys(EnvironmentReader reader) {
    String name = "TIDELINE_USER_ID_KEY";
    return longEnough(reader, name, reader.secretList(name));
  }

  private static List<String> longEnough(EnvironmentReader reader, String name, List<String> keys) {
    if (keys.stream().anyMatch(key -> key.length() < TokenKeys.SECRET_LENGTH_MIN)) {
      reader.problem(
          "%s: each key must have %d characters or more"
              .formatted(name, TokenKeys.SECRET_LENGTH_MIN));
    }
    return keys;
  }

  private static List<String> corsOrigins(EnvironmentReader reader) {
    List<String> origins = reader.list("TIDELINE_CORS_ORIGINS");
    for (String origin : origins) {
      if (!ORIGIN.matcher(origin).matches()) {
        reader.problem(
            "TIDELINE_CORS_ORIGINS: %s is not an origin such as https://shop.example, nor *"
                .formatted(origin));
      }
    }
    return origins;
  }

  private static RouterConfig databases(EnvironmentReader reader) {
    NodeAddress primary = new NodeAddress("primary", reader.databaseUrl("TIDELINE_DB_PRIMARY_URL"));
    List<NodeAddress> replicas = new ArrayList<>();
    Optional<HostedReplicas> hosted = Optional.empty();
    for (String url : reader.list("TIDELINE_DB_REPLICA_URLS")) {
      if (url.startsWith(LOOKED_UP)) {
        if (hosted.isPresent()) {
          reader.problem("TIDELINE_DB_REPLICA_URLS: only one may begin with " + LOOKED_UP);
        }
        hosted = reader.hosted("TIDELINE_DB_REPLICA_URLS", url.substring(LOOKED_UP.length()));
      } else if (reader.isDatabaseUrl("TIDELINE_DB_REPLICA_URLS", url)) {
        replicas.add(new NodeAddress("replica-" + (replicas.size() + 1), url));
      }
    }
    if (replicas.size() > RouterConfig.REPLICAS_MAX) {
      reader.problem("TIDELINE_DB_REPLICA_URLS: at most 8 replicas, not " + replicas.size());
      replicas.clear();
    }
    ConnectionBudget budget =
        new ConnectionBudget(
            reader.integer("TIDELINE_INSTANCES_MAX", 10, 1, 1_000),
            reader.integer("TIDELINE_DB_RESERVED_CONNECTIONS", 20, 0, 10_000),
            reader.text("TIDELINE_DB_POOL_SIZE").isEmpty());
    RouterConfig config =
        RouterConfig.of(
                primary,
                replicas,
                reader.required("TIDELINE_DB_USER"),
                reader.secret("TIDELINE_DB_PASSWORD").orElse(""))
            .withPoolSize(reader.integer("TIDELINE_DB_POOL_SIZE", 20, 1, PoolSettings.SIZE_MAX))
            .withReads(reads(reader))
            .withProbes(ShopDatabase.PROBES)
            .withBudget(budget);
    return hosted.map(config::withHosted).orElse(config);
  }

  private static ReadSettings reads(EnvironmentReader reader) {
    ReadSettings defaults = ReadSettings.DEFAULT;
    ReplicaSelection selection =
        reader.choice(
            "TIDELINE_DB_REPLICA_SELECTION", ReplicaSelection.class, ReplicaSelection.ROUND_ROBIN);
    return new ReadSettings(
        selection::selector,
        reader.duration(
            "TIDELINE_DB_MAX_REPLICA_LAG",
            defaults.maxLag(),
            ReadSettings.MAX_LAG_MIN,
            Duration.ofDays(1)),
        reader.duration(
            "TIDELINE_DB_POSITION_WAIT",
            defaults.positionWait(),
            Duration.ZERO,
            ReadSettings.POSITION_WAIT_MAX),
        reader.integer("TIDELINE_DB_FALLBACK_READS", defaults.fallbackReads(), 1, 1_000));
  }

  /** What is to be dropped without an archive must be said to be so. */
  private static Optional<Retention> retention(EnvironmentReader reader) {
    Optional<String> archive = reader.text("TIDELINE_EVENT_ARCHIVE").map(String::strip);
    if (reader.text("TIDELINE_EVENT_RETENTION").isEmpty()) {
      if (archive.isPresent()) {
        reader.problem("TIDELINE_EVENT_ARCHIVE: is set, and TIDELINE_EVENT_RETENTION is not");
      }
      return Optional.empty();
    }
    Duration keep =
        reader.duration(
            "TIDELINE_EVENT_RETENTION",
            Retention.KEEP_MIN,
            Retention.KEEP_MIN,
            Duration.ofDays(36_500));
    if (archive.isEmpty()) {
      reader.problem(
          "TIDELINE_EVENT_ARCHIVE: must be a folder for what is past retention, or none to drop"
              + " it");
    }
    return Optional.of(
        new Retention(keep, archive.filter(folder -> !folder.equals("none")).map(Path::of)));
  }

  private static RedisConfig redis(EnvironmentReader reader) {
    String url = reader.required("TIDELINE_REDIS_URL");
    Optional<String> password = reader.secret("TIDELINE_REDIS_PASSWORD");
    try {
      if (password.isPresent() && !url.isEmpty()) {
        url = RedisConfig.urlWithPassword(url, password.get());
      }
      Duration timeout =
          reader.duration(
              "TIDELINE_CACHE_REDIS_TIMEOUT",
              RedisConfig.TIMEOUT,
              Duration.ofMillis(1),
              Duration.ofSeconds(10));
      return new RedisConfig(
          url.isEmpty() ? "redis://unset" : url, timeout, RedisConfig.REQUESTS_MAX);
    } catch (IllegalArgumentException e) {
      reader.problem("TIDELINE_REDIS_URL: " + e.getMessage());
      return RedisConfig.of("redis://unset");
    }
  }
}
