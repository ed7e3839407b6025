package dev.tideline.bench.routing;

import dev.tideline.bench.load.CpuShare;
import dev.tideline.embedded.TestDatabases;
import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.caching.ShopCaches;
import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.database.Schema;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.features.PopularityJob;
import dev.tideline.engine.jobs.JobStore;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.recommend.Recommender;
import dev.tideline.engine.sample.SampleShop;
import dev.tideline.engine.sample.SampleStore;
import dev.tideline.engine.storefront.Storefront;
import dev.tideline.engine.words.Language;
import dev.tideline.engine.words.VocabularyStore;
import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.RouterConfig;
import dev.tideline.routing.node.NodeAddress;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.route.RoutingListener;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How many reads a second there can be with none, one, two and three replicas. */
@Command(
    name = "capacity",
    mixinStandardHelpOptions = true,
    description = {
      "Find the highest rate of reads at a p95 under 20 ms with 0, 1, 2 and 3 replicas.",
      "Each server is held to the same share of a core where the system lets us. Of five reads four are product",
      "pages and one a list of trending products, on the sample shop; a rate counts if one of two tries holds it."
    })
final class CapacityBench implements Callable<Integer> {

  @Option(
      names = "--cores",
      defaultValue = "0.15",
      description = "Share of a core for each server (default ${DEFAULT-VALUE}).")
  double cores;

  @Option(
      names = "--seconds",
      defaultValue = "5",
      description = "Seconds for each rate that is tried (default ${DEFAULT-VALUE}).")
  int seconds;

  private static final int REPLICAS_MAX = 3;
  private static final long P95_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(20);

  /** Few, so that their plans stay warm: more would not find a core to run on. */
  private static final int POOL_SIZE = 4;

  private static final int RATE_FIRST = 100;
  private static final int BISECTIONS = 4;
  private static final int WAITING_MAX = 2_000;

  private List<String> ids = List.of();

  @Override
  public Integer call() throws Exception {
    try (TestDatabases databases = TestDatabases.start(REPLICAS_MAX)) {
      Endpoint endpoint = Endpoint.of(databases);
      load(endpoint);
      settle(databases);
      List<CpuShare> shares = limit(databases);
      System.out.printf(
          "Each server has %s.%n%n",
          shares.isEmpty()
              ? "what the others leave: no control groups here"
              : cores + " of a core");
      System.out.println("| replicas | reads/s at p95 < 20 ms | p95, ms | times that of none |");
      System.out.println("|---|---|---|---|");
      double floor = 0;
      for (int replicas = 0; replicas <= REPLICAS_MAX; replicas++) {
        Trial best = capacity(endpoint, replicas);
        floor = replicas == 0 ? best.rate() : floor;
        System.out.printf(
            "| %d | %,d | %.1f | %.1f |%n",
            replicas, best.rate(), best.p95Nanos() / 1e6, best.rate() / floor);
      }
    }
    return 0;
  }

  /** What a load leaves to be done is done before, so that it takes nobody's share. */
  private static void settle(TestDatabases databases) throws SQLException {
    try (Connection admin = databases.postgres().connectAsAdmin(0);
        Statement statement = admin.createStatement()) {
      statement.execute("VACUUM (ANALYZE)");
      statement.execute("ALTER SYSTEM SET autovacuum = off");
      statement.execute("SELECT pg_reload_conf()");
      statement.execute("CHECKPOINT");
    }
  }

  private List<CpuShare> limit(TestDatabases databases) {
    List<CpuShare> shares = new ArrayList<>();
    databases
        .postgres()
        .servers()
        .forEach(server -> CpuShare.of(server.name(), server.pid(), cores).ifPresent(shares::add));
    return shares;
  }

  private static ReadWriteRouter open(Endpoint endpoint, int replicas) throws InterruptedException {
    List<NodeAddress> nodes = new ArrayList<>();
    for (int i = 1; i <= replicas; i++) {
      nodes.add(new NodeAddress("replica-" + i, endpoint.url(i)));
    }
    return ReadWriteRouter.open(
        RouterConfig.of(
                new NodeAddress("primary", endpoint.url(0)),
                nodes,
                endpoint.user(),
                endpoint.password())
            .withProbes(ShopDatabase.PROBES)
            .withPoolSize(POOL_SIZE),
        RoutingListener.NONE);
  }

  private void load(Endpoint endpoint) throws Exception {
    Schema.migrate(endpoint.url(0), endpoint.user(), endpoint.password());
    try (ReadWriteRouter router = open(endpoint, REPLICAS_MAX)) {
      ShopDatabase database = new ShopDatabase(router, (query, duration) -> {});
      SampleShop.Size size = SampleShop.Size.usual(Instant.now().truncatedTo(ChronoUnit.SECONDS));
      new SampleStore(database).load(new SampleShop(42, size), rows -> {});
      new PopularityJob(new JobStore(database)).run();
      ids = router.read(ReadContext.strong(), c -> column(c, "SELECT id FROM products"));
    }
  }

  private static List<String> column(Connection connection, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  private record Trial(int rate, long p95Nanos, boolean good) {}

  /** Doubles until it is too much, then closes in. */
  private Trial capacity(Endpoint endpoint, int replicas) throws Exception {
    try (ReadWriteRouter router = open(endpoint, replicas)) {
      ShopDatabase database = new ShopDatabase(router, (query, duration) -> {});
      Mix mix =
          new Mix(
              new CatalogStore(database),
              Storefront.of(
                      new Storefront.Parts(
                              database,
                              ShopCaches.none(),
                              router::explain,
                              Language.open(new VocabularyStore(database)))
                          .with((categories, asked) -> RankingWeights.DEFAULT))
                  .recommender());
      trial(mix, RATE_FIRST); // warms up
      trial(mix, RATE_FIRST);
      Trial best = new Trial(0, 0, true);
      int bad = RATE_FIRST;
      for (Trial tried = twice(mix, bad); tried.good(); tried = twice(mix, bad)) {
        best = tried;
        bad *= 2;
      }
      for (int i = 0; i < BISECTIONS; i++) {
        int middle = (best.rate() + bad) / 2;
        Trial tried = twice(mix, middle);
        if (tried.good()) {
          best = tried;
        } else {
          bad = middle;
        }
      }
      return best;
    }
  }

  private record Mix(CatalogStore catalog, Recommender recommender) {}

  /** Again if it did not hold: the machine has others to serve too. */
  private Trial twice(Mix mix, int rate) throws Exception {
    Trial once = trial(mix, rate);
    return once.good() ? once : trial(mix, rate);
  }

  /** Reads start by a clock; the time of each is counted from when it was due. */
  private Trial trial(Mix mix, int rate) throws Exception {
    ConcurrentHistogram latencies = new ConcurrentHistogram(TimeUnit.SECONDS.toNanos(60), 3);
    LongAdder failures = new LongAdder();
    Random random = new Random(42); // the same reads in each
    LongAdder waiting = new LongAdder();
    long pause = TimeUnit.SECONDS.toNanos(1) / rate;
    int count = rate * seconds;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long start = System.nanoTime();
      for (int i = 0; i < count && waiting.sum() < WAITING_MAX; i++) {
        long due = start + i * pause;
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        Runnable read = read(mix, random);
        waiting.increment();
        threads.submit(() -> {
          try {
            read.run();
          } catch (RuntimeException e) {
            failures.increment();
          } finally {
            waiting.decrement();
            latencies.recordValue(Math.min(System.nanoTime() - due, TimeUnit.SECONDS.toNanos(60)));
          }
        });
      }
    }
    long p95 = latencies.getValueAtPercentile(95);
    boolean good = p95 < P95_NANOS_MAX && failures.sum() == 0 && latencies.getTotalCount() == count;
    System.err.printf("  %,d/s: p95 %.1f ms, %d failed%n", rate, p95 / 1e6, failures.sum());
    return new Trial(rate, p95, good);
  }

  private Runnable read(Mix mix, Random random) {
    if (random.nextInt(5) == 0) {
      return () -> mix.recommender().trending(null, 10, Reads.uncached(ReadContext.eventual()));
    }
    String id = ids.get(random.nextInt(ids.size()));
    return () -> mix.catalog().find(id, ReadContext.eventual());
  }
}
