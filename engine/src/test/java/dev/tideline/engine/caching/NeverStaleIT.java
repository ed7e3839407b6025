package dev.tideline.engine.caching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.cache.CacheListener;
import dev.tideline.cache.Cached;
import dev.tideline.cache.RedisConfig;
import dev.tideline.cache.RedisConnection;
import dev.tideline.cache.RedisTrouble;
import dev.tideline.cache.Tier;
import dev.tideline.cache.Verdict;
import dev.tideline.embedded.TestDatabases;
import dev.tideline.embedded.postgres.Credentials;
import dev.tideline.embedded.redis.RedisServer;
import dev.tideline.engine.caching.CheckedInstance.Broken;
import dev.tideline.engine.database.Schema;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.routing.RouterConfig;
import dev.tideline.routing.node.NodeAddress;
import dev.tideline.routing.node.NodeRole;
import dev.tideline.routing.route.RouteReason;
import dev.tideline.routing.route.RoutingListener;
import dev.tideline.routing.token.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Four instances with caches before a primary and two replicas, whose replay is paused and resumed
 * at random; fills are delayed; writers and readers go on all the time. Who reads by a token is
 * shown at least what it stands for, and when all is quiet every cache shows what the primary does.
 */
final class NeverStaleIT {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int INSTANCES = 4;
  private static final int WRITERS = 2;
  private static final int READERS = 6;
  private static final List<String> GROUPS = List.of("zqalder", "zqbirch", "zqcedar", "zqdouglas");

  private static TestDatabases databases;
  private static RedisServer redisServer;

  /** What happens beside writes, reads and pauses of replay. */
  private enum Trouble {
    NONE,
    DATABASE,
    REDIS
  }

  private final Map<String, LongAdder> paths = new ConcurrentHashMap<>();
  private final List<CheckedInstance> instances = new ArrayList<>();
  private FreshnessChecker checker = new FreshnessChecker(12, GROUPS);
  private volatile boolean stop;

  @BeforeAll
  static void start() throws Exception {
    databases = TestDatabases.start(2);
    redisServer = databases.startRedis();
    Schema.migrate(
        databases.postgres().url(0),
        Credentials.APPLICATION,
        databases.postgres().credentials().application());
  }

  @AfterAll
  static void end() {
    redisServer.close();
    databases.close();
  }

  private void took(String path) {
    paths.computeIfAbsent(path, key -> new LongAdder()).increment();
  }

  private CacheListener caching(Random random) {
    return new CacheListener() {
      @Override
      public void asked(Tier tier, String cache, Verdict verdict) {
        took(verdict.label());
      }

      @Override
      public void answered(String cache, Cached.Source source) {
        took("source " + source);
      }

      @Override
      public void loaded(String cache, Duration duration) {
        if (random.nextInt(8) == 0) {
          pause(random.nextInt(60)); // between the load and its being kept
        }
      }
    };
  }

  private final RoutingListener routing =
      new RoutingListener() {
        @Override
        public void readRouted(String node, NodeRole role, RouteReason reason) {
          took("read " + reason.label());
        }
      };

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void sql(int node, String sql) throws SQLException {
    try (Connection connection = databases.postgres().connectAsAdmin(node);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private RouterConfig config() {
    List<NodeAddress> replicas = new ArrayList<>();
    for (int i = 1; i <= 2; i++) {
      replicas.add(new NodeAddress("replica-" + i, databases.postgres().url(i)));
    }
    RouterConfig config =
        RouterConfig.of(
                new NodeAddress("primary", databases.postgres().url(0)),
                replicas,
                Credentials.APPLICATION,
                databases.postgres().credentials().application())
            .withPoolSize(8)
            .withProbes(ShopDatabase.PROBES);
    return config.withReads(config.reads().withFallbackReads(2 * READERS));
  }

  /** Runs instances under writers, readers and pauses. */
  private void run(Broken broken, Duration duration, Trouble trouble) throws Exception {
    sql(0, "DELETE FROM products");
    checker = new FreshnessChecker(12, GROUPS);
    stop = false;
    List<RedisConnection> connections = new ArrayList<>();
    try {
      for (int i = 0; i < INSTANCES; i++) {
        RedisConnection redis = RedisConnection.open(RedisConfig.of(redisServer.url()));
        connections.add(redis);
        await().atMost(LONG).until(redis::isUp);
        instances.add(
            new CheckedInstance(
                config(), redis, caching(new Random(i)), routing, checker::loaded, broken));
      }
      new RedisTrouble(redisServer).begin(RedisTrouble.Kind.FLUSHED);
      for (String id : checker.ids()) {
        // a double writes by updates alone, so all are there before it begins
        sql(
            0,
            "INSERT INTO products (id, title, currency) VALUES ('%s', 'x', 'USD')".formatted(id));
      }
      drive(broken, duration, trouble);
      checker.checkLoads();
      if (broken == Broken.NOTHING || checker.violations().isEmpty()) {
        quiet(broken);
      }
    } finally {
      for (CheckedInstance instance : instances) {
        instance.close();
      }
      instances.clear();
      connections.forEach(RedisConnection::close);
    }
  }

  private void drive(Broken broken, Duration duration, Trouble kind) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        running.add(threads.submit(() -> write(writer)));
      }
      for (int i = 0; i < READERS; i++) {
        int reader = i;
        running.add(threads.submit(() -> read(reader)));
      }
      Future<?> pausing = threads.submit(this::pauseReplay);
      Future<?> trouble = threads.submit(() -> makeTrouble(kind));
      long end = System.nanoTime() + duration.toNanos();
      while (System.nanoTime() < end
          && (broken == Broken.NOTHING || checker.violations().isEmpty())) {
        pause(50);
      }
      if (kind == Trouble.REDIS) { // on a busy machine nobody may have met it yet
        await().atMost(LONG).until(() -> paths.containsKey("away"));
      }
      stop = true;
      for (Future<?> one : running) {
        one.get();
      }
      pausing.get();
      trouble.get();
    }
  }

  private Void write(int writer) {
    Random random = new Random(100 + writer);
    while (!stop) {
      int product = random.nextInt(checker.ids().size() / WRITERS) * WRITERS + writer;
      String id = checker.ids().get(product);
      Position place = instances.get(random.nextInt(INSTANCES)).write(checker.begin(id, random));
      checker.returned(id, place);
      pause(random.nextInt(30));
    }
    return null;
  }

  private Void read(int reader) {
    Random random = new Random(200 + reader);
    while (!stop) {
      CheckedInstance instance = instances.get(random.nextInt(INSTANCES));
      Optional<Position> token = checker.token();
      boolean byToken = token.isPresent() && random.nextInt(4) > 0;
      if (random.nextInt(3) == 0) {
        String group = GROUPS.get(random.nextInt(GROUPS.size()));
        Map<String, Long> least = byToken ? checker.leastShown(token.get()) : Map.of();
        List<String> found = instance.search(group, byToken ? token : Optional.empty());
        if (byToken) {
          checker.check(group, found, least, token.get());
        }
      } else {
        String id = checker.ids().get(random.nextInt(checker.ids().size()));
        long least = byToken ? checker.leastShown(id, token.get()) : 0;
        var found = instance.find(id, byToken ? token : Optional.empty());
        if (byToken) {
          checker.check(id, found, least, token.get());
        }
      }
    }
    return null;
  }

  private Void pauseReplay() throws SQLException {
    Random random = new Random(300);
    while (!stop) {
      int replica = 1 + random.nextInt(2);
      sql(replica, "SELECT pg_wal_replay_pause()");
      pause(random.nextInt(400));
      sql(replica, "SELECT pg_wal_replay_resume()");
      pause(random.nextInt(60));
    }
    return null;
  }

  private Void makeTrouble(Trouble kind) throws Exception {
    switch (kind) {
      case NONE -> {}
      case DATABASE -> disturbDatabase();
      case REDIS -> disturbRedis();
    }
    return null;
  }

  /**
   * All that may happen to a Redis, one after another, until each has happened; last what makes
   * instances leave it alone.
   */
  private void disturbRedis() throws InterruptedException {
    RedisTrouble trouble = new RedisTrouble(redisServer);
    do {
      for (RedisTrouble.Kind kind : RedisTrouble.Kind.values()) {
        trouble.begin(kind);
        pause(400);
        trouble.end(kind);
        took("Redis " + kind);
        pause(200);
      }
    } while (!stop);
    assertThat(trouble.remembered()).isPositive();
  }

  /** A history gets another name, the outbox is pruned under readers, a foreign program writes. */
  private void disturbDatabase() throws SQLException {
    int round = 0;
    while (!stop) {
      pause(700);
      switch (round++ % 3) {
        case 0 -> sql(0, "UPDATE products SET in_stock = NOT in_stock WHERE id = 'checked-0'");
        case 1 ->
            sql(
                0,
                """
                UPDATE cache_outbox_pruned SET epoch = (SELECT epoch FROM epoch), position = pg_current_wal_flush_lsn()\
                """);
        default -> sql(0, "UPDATE epoch SET timeline = timeline + 100");
      }
    }
  }

  /** With no more writes, every cache comes to show what the primary does, and goes on to. */
  private void quiet(Broken broken) {
    if (broken != Broken.NOTHING) {
      List<String> wrong = new ArrayList<>();
      // generous, so that what is found is found for its own reason
      long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
      do {
        wrong.clear();
        wrong.addAll(differences());
      } while (!wrong.isEmpty() && System.nanoTime() < end);
      checker.violations().addAll(wrong);
      return;
    }
    long start = System.nanoTime();
    await().atMost(Duration.ofSeconds(10)).until(() -> differences().isEmpty());
    System.out.printf(
        "all caches equal the primary %d ms after the last write%n",
        Duration.ofNanos(System.nanoTime() - start).toMillis());
    for (int i = 0; i < 5; i++) {
      assertThat(differences()).isEmpty();
    }
  }

  private List<String> differences() {
    List<String> wrong = new ArrayList<>();
    for (CheckedInstance instance : instances) {
      for (String id : checker.ids()) {
        checker.differs(id, instance.find(id, Optional.empty())).ifPresent(wrong::add);
      }
      for (String group : GROUPS) {
        checker.differs(group, instance.search(group, Optional.empty())).ifPresent(wrong::add);
      }
    }
    return wrong;
  }

  @Test
  void sixSeconds() throws Exception {
    neverStale(Duration.ofSeconds(6));
  }

  @Test
  @Tag("long")
  void aMinute() throws Exception {
    neverStale(Duration.ofSeconds(60));
  }

  @Test
  void redisInTrouble_failsNoRead_andShowsNothingStale() throws Exception {
    run(Broken.NOTHING, Duration.ofSeconds(4), Trouble.REDIS);
    System.out.println("paths taken with Redis in trouble: " + new TreeMap<>(paths));
    assertThat(checker.violations()).isEmpty();
    assertThat(paths).containsKeys("away", "source LOCAL", "source REDIS", "source LOADED");
    for (RedisTrouble.Kind kind : RedisTrouble.Kind.values()) {
      assertThat(paths).containsKey("Redis " + kind);
    }
  }

  private void neverStale(Duration duration) throws Exception {
    run(Broken.NOTHING, duration, Trouble.DATABASE);
    System.out.println("paths taken: " + new TreeMap<>(paths));
    assertThat(checker.violations()).isEmpty();
    assertThat(paths)
        .containsKeys(
            "read balanced",
            "read caught_up",
            "read waited",
            "read behind",
            "read other_epoch",
            "hit",
            "hit_by_stamp",
            "hit_by_horizon",
            "missing",
            "stale",
            "behind",
            "below_floor",
            "closed",
            "source LOCAL",
            "source REDIS",
            "source LOADED",
            "source SHARED");
  }

  /** The checker finds what happens when a rule is not kept. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
  void brokenRule_isFound(Broken broken) throws Exception {
    for (int attempt = 0; attempt < 4 && checker.violations().isEmpty(); attempt++) {
      run(broken, Duration.ofSeconds(2 + 2 * attempt), Trouble.NONE);
    }
    assertThat(checker.violations()).isNotEmpty();
  }
}
