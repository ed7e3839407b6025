package dev.tideline.bench.load;

import dev.tideline.embedded.TestDatabases;
import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.embedded.process.Ports;
import dev.tideline.embedded.redis.RedisServer;
import dev.tideline.engine.database.Schema;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.features.PopularityJob;
import dev.tideline.engine.imports.FieldMapping;
import dev.tideline.engine.imports.ImportStore;
import dev.tideline.engine.imports.Importer;
import dev.tideline.engine.imports.Importer.Options;
import dev.tideline.engine.imports.Importer.Source;
import dev.tideline.engine.jobs.JobStore;
import dev.tideline.engine.recommend.NeighborJob;
import dev.tideline.engine.sample.SampleShop;
import dev.tideline.engine.sample.SampleStore;
import dev.tideline.engine.suggest.SuggestionJob;
import dev.tideline.engine.words.VocabularyJob;
import dev.tideline.fleet.autoscaling.ScalingEventStore;
import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.RouterConfig;
import dev.tideline.routing.node.NodeAddress;
import dev.tideline.routing.route.RoutingListener;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A PostgreSQL and a Redis with a shop in them, for instances that are measured. */
public final class LoadedShop implements AutoCloseable {

  public static final String ADMIN_TOKEN = "token-of-the-benchmark";

  private static final long SEED = 42;

  /** Events for each product, as the usual shop has them. */
  private static final int EVENTS_PER_PRODUCT = 10;

  private final TestDatabases databases;
  private final RedisServer redis;
  private final Ports ports = new Ports();

  private LoadedShop() throws InterruptedException {
    this.databases = TestDatabases.start(0);
    this.redis = databases.startRedis();
  }

  private interface Load {
    void into(ShopDatabase database) throws IOException;
  }

  /**
   * The sample shop.
   *
   * @param graph whether to make the item graph too, which takes long
   */
  public static LoadedShop sample(int products, boolean graph)
      throws InterruptedException, SQLException, IOException {
    LoadedShop shop = new LoadedShop();
    shop.load(database -> {
      SampleShop.Size size =
          new SampleShop.Size(
              products,
              Math.max(100, products / 4),
              products * EVENTS_PER_PRODUCT,
              Duration.ofDays(90),
              Instant.now().truncatedTo(ChronoUnit.SECONDS));
      new SampleStore(database).load(new SampleShop(SEED, size), rows -> {});
      JobStore jobs = new JobStore(database);
      new VocabularyJob(jobs).run();
      new PopularityJob(jobs).run();
      if (graph) {
        new NeighborJob(jobs, done -> {}, 0).run();
      }
      new SuggestionJob(jobs).run();
    });
    return shop;
  }

  /** The products of Amazon's ESCI data. */
  public static LoadedShop esci(Path products)
      throws InterruptedException, SQLException, IOException {
    LoadedShop shop = new LoadedShop();
    shop.load(database -> {
      Path rejects = Files.createTempFile("rejects", ".csv");
      Options options = new Options(Source.ESCI, FieldMapping.NONE, ZoneOffset.UTC, false, rejects);
      new Importer(new ImportStore(database), Clock.systemUTC())
          .products(List.of(products), options, bytes -> {});
      Files.delete(rejects);
      new VocabularyJob(new JobStore(database)).run();
    });
    return shop;
  }

  private void load(Load load) throws InterruptedException, SQLException, IOException {
    String url = databases.postgres().url(0);
    String password = databases.postgres().credentials().application();
    Schema.migrate(url, Credentials.APPLICATION, password);
    try (ReadWriteRouter router =
        ReadWriteRouter.open(
            RouterConfig.of(
                    new NodeAddress("primary", url), List.of(), Credentials.APPLICATION, password)
                .withStatementTimeout(Duration.ofHours(1))
                .withProbes(ShopDatabase.PROBES),
            RoutingListener.NONE)) {
      load.into(new ShopDatabase(router, (query, duration) -> {}));
    }
    try (Connection admin = connect();
        Statement statement = admin.createStatement()) {
      statement.execute("VACUUM (ANALYZE)");
      statement.execute("CHECKPOINT");
    }
  }

  /** A connection as the administrator; the caller closes it. */
  public Connection connect() throws SQLException {
    return databases.postgres().connectAsAdmin(0);
  }

  public RedisServer redis() {
    return redis;
  }

  /** Empties Redis. */
  public void flushRedis() {
    RedisClient client = RedisClient.create(redis.adminUrl());
    try (var connection = client.connect()) {
      connection.sync().flushall();
    } finally {
      client.shutdown();
    }
  }

  /** Starts an instance with some settings of its own; the caller closes it. */
  public InstanceProcess start(String name, Map<String, String> settings)
      throws IOException, InterruptedException {
    InstanceProcess started =
        start(name, settings, InstanceProcess.command(System.getProperty("java.class.path")));
    started.awaitReady();
    return started;
  }

  /** Starts an instance by another command, and does not wait for it; the caller closes it. */
  public InstanceProcess start(String name, Map<String, String> settings, List<String> command)
      throws IOException {
    int port = ports.free();
    Map<String, String> environment = environment(settings);
    environment.put("TIDELINE_INSTANCE_NAME", name);
    environment.put("TIDELINE_HTTP_PORT", Integer.toString(port));
    Path log = databases.root().resolve("log/" + name + ".log");
    return InstanceProcess.start(port, environment, command, log);
  }

  /** What an instance is told, but for its name and port. */
  public Map<String, String> environment(Map<String, String> settings) {
    Map<String, String> environment = new HashMap<>();
    environment.put("TIDELINE_HTTP_HOST", "127.0.0.1");
    environment.put("TIDELINE_DB_PRIMARY_URL", databases.postgres().url(0));
    environment.put("TIDELINE_DB_USER", Credentials.APPLICATION);
    environment.put("TIDELINE_DB_PASSWORD", databases.postgres().credentials().application());
    environment.put("TIDELINE_REDIS_URL", redis.url());
    environment.put("TIDELINE_TOKEN_KEY", "key-of-the-benchmark");
    environment.put("TIDELINE_ADMIN_TOKEN", ADMIN_TOKEN);
    environment.put("TIDELINE_DRAIN_DELAY", "0s");
    environment.putAll(settings);
    return environment;
  }

  /** Where an autoscaler keeps what it did; the caller closes it. */
  public ScalingEventStore scalingHistory() {
    return new ScalingEventStore(
        databases.postgres().url(0),
        Credentials.APPLICATION,
        databases.postgres().credentials().application());
  }

  /** The databases' folder, with {@code log} and {@code run}; it goes with them. */
  public Path root() {
    return databases.root();
  }

  public int freePort() {
    return ports.free();
  }

  @Override
  public void close() {
    redis.close();
    databases.close();
  }
}
