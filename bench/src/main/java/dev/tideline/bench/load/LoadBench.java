package dev.tideline.bench.load;

import dev.tideline.bench.load.OpenLoop.Outcome;
import dev.tideline.engine.database.Schema;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.features.PopularityJob;
import dev.tideline.engine.jobs.JobStore;
import dev.tideline.engine.recommend.NeighborJob;
import dev.tideline.engine.sample.SampleShop;
import dev.tideline.engine.sample.SampleStore;
import dev.tideline.engine.search.VocabularyJob;
import dev.tideline.engine.suggest.SuggestionJob;
import dev.tideline.fleet.TestDatabases;
import dev.tideline.fleet.postgres.Credentials;
import dev.tideline.fleet.process.Ports;
import dev.tideline.fleet.redis.RedisServer;
import dev.tideline.routing.NodeAddress;
import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.RouterConfig;
import dev.tideline.routing.RoutingListener;
import java.net.URI;
import java.net.http.HttpClient;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long one instance takes to answer. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = {
      "Measure one instance on a PostgreSQL and a Redis of its own, with sample shops of several sizes.",
      "Requests come at a fixed rate whether or not earlier ones are answered, one kind after another; times count",
      "from when a request was due."
    },
    footer = {
      "",
      "Examples:",
      "  ./tideline bench load",
      "  ./tideline bench load --products 20000,200000 --requests search,suggest --seconds 30"
    })
public final class LoadBench implements Callable<Integer> {

  @Option(
      names = "--products",
      split = ",",
      defaultValue = "20000",
      description = "Sizes of the shop (default ${DEFAULT-VALUE}).")
  List<Integer> sizes = List.of();

  @Option(
      names = "--requests",
      split = ",",
      defaultValue = "search,suggest,recommendations",
      description = "Which kinds (default ${DEFAULT-VALUE}).")
  List<String> requests = List.of();

  @Option(
      names = "--rate",
      defaultValue = "50",
      description = "Requests a second (default ${DEFAULT-VALUE}).")
  int rate;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "Seconds for each kind, after as many to warm up (default ${DEFAULT-VALUE}).")
  int seconds;

  private static final String RECOMMENDATIONS = "recommendations";
  private static final long SEED = 42;

  /** Events for each product, as the usual shop has them. */
  private static final int EVENTS_PER_PRODUCT = 10;

  @Override
  public Integer call() throws Exception {
    System.out.println("| products | request | sent | failed | p50, ms | p95, ms | p99, ms |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (int products : sizes) {
      measure(products);
    }
    return 0;
  }

  private void measure(int products) throws Exception {
    try (TestDatabases databases = TestDatabases.start(0);
        RedisServer redis = databases.startRedis()) {
      load(databases, products);
      int port = new Ports().free();
      try (InstanceProcess instance =
              InstanceProcess.start(
                  port,
                  environment(databases, redis, port),
                  databases.root().resolve("log/instance.log"));
          Connection admin = databases.postgres().connectAsAdmin(0);
          HttpClient http = HttpClient.newHttpClient()) {
        Workload workload = Workload.of(instance.url(), admin);
        Map<String, Supplier<URI>> kinds = new LinkedHashMap<>();
        kinds.put("search", workload.searches());
        kinds.put("suggest", workload.suggestions());
        kinds.put(RECOMMENDATIONS, workload.recommendations());
        kinds.keySet().retainAll(requests);
        for (Map.Entry<String, Supplier<URI>> kind : kinds.entrySet()) {
          OpenLoop.run(http, kind.getValue(), rate, Duration.ofSeconds(seconds));
          Outcome outcome = OpenLoop.run(http, kind.getValue(), rate, Duration.ofSeconds(seconds));
          System.out.printf(
              "| %,d | %s | %d | %d | %.1f | %.1f | %.1f |%n",
              products,
              kind.getKey(),
              outcome.sent(),
              outcome.failed(),
              outcome.p50(),
              outcome.p95(),
              outcome.p99());
        }
      }
    }
  }

  private void load(TestDatabases databases, int products) throws Exception {
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
      ShopDatabase database = new ShopDatabase(router, (query, duration) -> {});
      Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      SampleShop.Size size =
          new SampleShop.Size(
              products,
              Math.max(100, products / 4),
              products * EVENTS_PER_PRODUCT,
              Duration.ofDays(90),
              end);
      new SampleStore(database).load(new SampleShop(SEED, size), rows -> {});
      JobStore jobs = new JobStore(database);
      new VocabularyJob(jobs).run();
      new PopularityJob(jobs).run();
      if (requests.contains(RECOMMENDATIONS)) {
        new NeighborJob(jobs, done -> {}, 0).run();
      }
      new SuggestionJob(jobs).run();
    }
    try (Connection admin = databases.postgres().connectAsAdmin(0);
        Statement statement = admin.createStatement()) {
      statement.execute("VACUUM (ANALYZE)");
      statement.execute("CHECKPOINT");
    }
  }

  private static Map<String, String> environment(
      TestDatabases databases, RedisServer redis, int port) {
    return Map.of(
        "TIDELINE_HTTP_HOST",
        "127.0.0.1",
        "TIDELINE_HTTP_PORT",
        Integer.toString(port),
        "TIDELINE_DB_PRIMARY_URL",
        databases.postgres().url(0),
        "TIDELINE_DB_USER",
        Credentials.APPLICATION,
        "TIDELINE_DB_PASSWORD",
        databases.postgres().credentials().application(),
        "TIDELINE_REDIS_URL",
        "redis://127.0.0.1:" + redis.port(),
        "TIDELINE_TOKEN_KEY",
        "key-of-the-benchmark",
        "TIDELINE_DRAIN_DELAY",
        "0s");
  }
}
