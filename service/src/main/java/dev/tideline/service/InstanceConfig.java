package dev.tideline.service;

import dev.tideline.cache.RedisConfig;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.events.Retention;
import dev.tideline.routing.ConnectionBudget;
import dev.tideline.routing.HostedReplicas;
import dev.tideline.routing.NodeAddress;
import dev.tideline.routing.PoolSettings;
import dev.tideline.routing.ReadSettings;
import dev.tideline.routing.ReplicaSelection;
import dev.tideline.routing.RouterConfig;
import dev.tideline.routing.token.TokenKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Settings of one instance, from the environment variables that the contracts name.
 *
 * @param name what {@code Tideline-Instance} says
 * @param adminToken without one every admin call is refused
 * @param tokenKeys secrets that sign consistency tokens; the first signs, all verify
 * @param corsOrigins whose pages may make the public calls
 * @param drainDelay how long an instance that was told to stop goes on serving, so that balancers
 *     see it is unready
 * @param retention how long events are kept; empty: for ever
 */
public record InstanceConfig(
    String name,
    String host,
    int port,
    RouterConfig databases,
    RedisConfig redis,
    Optional<String> adminToken,
    List<String> tokenKeys,
    List<String> corsOrigins,
    Duration drainDelay,
    Optional<Retention> retention) {

  /** Before a URL whose host name leads to any number of replicas. */
  private static final String LOOKED_UP = "dns:";

  private static final Pattern ORIGIN = Pattern.compile("\\*|https?://[^/?#\\s]+");

  /** The settings cannot be used; the message lists every problem. */
  public static final class InvalidConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidConfigException(List<String> problems) {
      super("the environment is not fit to start:\n  " + String.join("\n  ", problems));
    }
  }

  /**
   * Reads the settings.
   *
   * @throws InvalidConfigException with all problems, not only the first
   */
  public static InstanceConfig from(Map<String, String> environment) {
    Reader reader = new Reader(environment);
    int port = reader.integer("TIDELINE_HTTP_PORT", 8080, 1, 65_535);
    String host = reader.text("TIDELINE_HTTP_HOST").orElse("0.0.0.0");
    InstanceConfig config =
        new InstanceConfig(
            reader.text("TIDELINE_INSTANCE_NAME").orElse("port-" + port),
            host,
            port,
            databases(reader),
            redis(reader),
            reader.secret("TIDELINE_ADMIN_TOKEN"),
            tokenKeys(reader),
            corsOrigins(reader),
            reader.duration("TIDELINE_DRAIN_DELAY", Duration.ofSeconds(5)),
            retention(reader));
    reader.oneOf("TIDELINE_LOG_FORMAT", List.of("text", "json"));
    if (!reader.problems.isEmpty()) {
      throw new InvalidConfigException(reader.problems);
    }
    return config;
  }

  /** Without a common key the tokens of one instance would be refused by the next. */
  private static List<String> tokenKeys(Reader reader) {
    List<String> keys = reader.secretList("TIDELINE_TOKEN_KEY");
    if (keys.isEmpty()) {
      reader.problems.add(
          "TIDELINE_TOKEN_KEY: is not set; it signs consistency tokens: a random text of 16"
              + " characters or more, the same for every instance");
    }
    if (keys.stream().anyMatch(key -> key.length() < TokenKeys.SECRET_LENGTH_MIN)) {
      reader.problems.add("TIDELINE_TOKEN_KEY: each key must have 16 characters or more");
    }
    return keys;
  }

  private static List<String> corsOrigins(Reader reader) {
    List<String> origins = reader.list("TIDELINE_CORS_ORIGINS");
    for (String origin : origins) {
      if (!ORIGIN.matcher(origin).matches()) {
        reader.problems.add(
            "TIDELINE_CORS_ORIGINS: %s is not an origin such as https://shop.example, nor *"
                .formatted(origin));
      }
    }
    return origins;
  }

  private static RouterConfig databases(Reader reader) {
    NodeAddress primary = new NodeAddress("primary", reader.databaseUrl("TIDELINE_DB_PRIMARY_URL"));
    List<NodeAddress> replicas = new ArrayList<>();
    Optional<HostedReplicas> hosted = Optional.empty();
    for (String url : reader.list("TIDELINE_DB_REPLICA_URLS")) {
      if (url.startsWith(LOOKED_UP)) {
        if (hosted.isPresent()) {
          reader.problems.add("TIDELINE_DB_REPLICA_URLS: only one may begin with " + LOOKED_UP);
        }
        hosted = reader.hosted("TIDELINE_DB_REPLICA_URLS", url.substring(LOOKED_UP.length()));
      } else if (reader.isDatabaseUrl("TIDELINE_DB_REPLICA_URLS", url)) {
        replicas.add(new NodeAddress("replica-" + (replicas.size() + 1), url));
      }
    }
    if (replicas.size() > RouterConfig.REPLICAS_MAX) {
      reader.problems.add("TIDELINE_DB_REPLICA_URLS: at most 8 replicas, not " + replicas.size());
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

  private static ReadSettings reads(Reader reader) {
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
  private static Optional<Retention> retention(Reader reader) {
    Optional<String> archive = reader.text("TIDELINE_EVENT_ARCHIVE").map(String::strip);
    if (reader.text("TIDELINE_EVENT_RETENTION").isEmpty()) {
      if (archive.isPresent()) {
        reader.problems.add("TIDELINE_EVENT_ARCHIVE: is set, and TIDELINE_EVENT_RETENTION is not");
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
      reader.problems.add(
          "TIDELINE_EVENT_ARCHIVE: must be a folder for what is past retention, or none to drop it");
    }
    return Optional.of(
        new Retention(keep, archive.filter(folder -> !folder.equals("none")).map(Path::of)));
  }

  private static RedisConfig redis(Reader reader) {
    String url = reader.required("TIDELINE_REDIS_URL");
    try {
      return RedisConfig.of(url.isEmpty() ? "redis://unset" : url);
    } catch (IllegalArgumentException e) {
      reader.problems.add("TIDELINE_REDIS_URL: " + e.getMessage());
      return RedisConfig.of("redis://unset");
    }
  }

  /** Reads variables and gathers what is wrong with them. */
  private static final class Reader {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    private final Map<String, String> environment;
    private final List<String> problems = new ArrayList<>();

    Reader(Map<String, String> environment) {
      this.environment = environment;
    }

    Optional<String> text(String name) {
      return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    void oneOf(String name, List<String> values) {
      text(name)
          .filter(value -> !values.contains(value))
          .ifPresent(value ->
              problems.add(name + ": must be " + String.join(" or ", values) + ", not " + value));
    }

    <E extends Enum<E>> E choice(String name, Class<E> type, E fallback) {
      Optional<String> value = text(name).map(String::strip);
      if (value.isEmpty()) {
        return fallback;
      }
      List<String> labels = new ArrayList<>();
      for (E constant : type.getEnumConstants()) {
        String label = constant.name().toLowerCase(Locale.ROOT);
        if (label.equals(value.get())) {
          return constant;
        }
        labels.add(label);
      }
      problems.add(name + ": must be " + String.join(" or ", labels) + ", not " + value.get());
      return fallback;
    }

    String required(String name) {
      Optional<String> value = text(name);
      if (value.isEmpty()) {
        problems.add(name + ": is not set");
      }
      return value.orElse("");
    }

    List<String> list(String name) {
      return split(text(name));
    }

    List<String> secretList(String name) {
      return split(secret(name));
    }

    private static List<String> split(Optional<String> list) {
      return list.stream()
          .flatMap(value -> Arrays.stream(value.split(",", -1)))
          .map(String::strip)
          .filter(value -> !value.isEmpty())
          .toList();
    }

    /** From the variable, or from the file that the variable with {@code _FILE} behind names. */
    Optional<String> secret(String name) {
      Optional<String> file = text(name + "_FILE");
      if (file.isEmpty()) {
        return text(name);
      }
      if (text(name).isPresent()) {
        problems.add(name + ": is set, and " + name + "_FILE too");
      }
      try {
        return Optional.of(Files.readString(Path.of(file.get())).strip());
      } catch (IOException e) {
        problems.add(name + "_FILE: cannot read " + file.get());
        return Optional.empty();
      }
    }

    int integer(String name, int fallback, int min, int max) {
      Optional<String> value = text(name);
      if (value.isEmpty()) {
        return fallback;
      }
      try {
        int number = Integer.parseInt(value.get().strip());
        if (number >= min && number <= max) {
          return number;
        }
      } catch (NumberFormatException e) {
        // told below
      }
      problems.add(
          "%s: must be a whole number from %d to %d, not %s"
              .formatted(name, min, max, value.get()));
      return fallback;
    }

    Duration duration(String name, Duration fallback) {
      return duration(name, fallback, Duration.ZERO, Duration.ofDays(1));
    }

    Duration duration(String name, Duration fallback, Duration min, Duration max) {
      Optional<String> value = text(name);
      if (value.isEmpty()) {
        return fallback;
      }
      Optional<Duration> duration = parsed(value.get().strip());
      if (duration.isEmpty()) {
        problems.add(name + ": must be a duration such as 500ms, 5s or 10m, not " + value.get());
        return fallback;
      }
      if (duration.get().compareTo(min) < 0 || duration.get().compareTo(max) > 0) {
        problems.add(
            "%s: must be from %d ms to %d s, not %s"
                .formatted(name, min.toMillis(), max.toSeconds(), value.get()));
        return fallback;
      }
      return duration.get();
    }

    private static Optional<Duration> parsed(String text) {
      Matcher matcher = DURATION.matcher(text);
      if (!matcher.matches()) {
        return Optional.empty();
      }
      long amount = Long.parseLong(matcher.group(1));
      return Optional.of(
          switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
          });
    }

    Optional<HostedReplicas> hosted(String name, String url) {
      try {
        return Optional.of(HostedReplicas.of(url));
      } catch (IllegalArgumentException e) {
        problems.add(name + ": " + e.getMessage());
        return Optional.empty();
      }
    }

    String databaseUrl(String name) {
      String url = required(name);
      return !url.isEmpty() && isDatabaseUrl(name, url) ? url : "jdbc:postgresql:unset";
    }

    boolean isDatabaseUrl(String name, String url) {
      boolean fits = url.startsWith("jdbc:postgresql:");
      if (!fits) {
        problems.add(name + ": must be jdbc:postgresql://host:port/database, not " + url);
      }
      return fits;
    }
  }
}
