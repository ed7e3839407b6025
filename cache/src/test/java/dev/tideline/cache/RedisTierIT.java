package dev.tideline.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.cache.Cached.Source;
import dev.tideline.embedded.TestDatabases;
import dev.tideline.embedded.process.ServerUser;
import dev.tideline.embedded.redis.RedisServer;
import io.lettuce.core.RestoreArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Four instances on one real Redis, in health and in trouble. */
final class RedisTierIT {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int INSTANCES = 4;
  private static final Duration LOAD = Duration.ofMillis(200);

  private static TestDatabases folder;
  private static RedisServer redis;

  private final WrittenLog log = new WrittenLog();
  private final AtomicInteger loads = new AtomicInteger();
  private final List<RedisConnection> connections = new ArrayList<>();
  private final List<Invalidations> known = new ArrayList<>();
  private final List<HintStream> hints = new ArrayList<>();
  private final List<TieredCache<String>> caches = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    folder = TestDatabases.prepare(0, ServerUser.detect());
    redis = folder.startRedis();
  }

  @AfterAll
  static void stop() {
    redis.close();
    folder.close();
  }

  @BeforeEach
  void open() throws Exception {
    for (int i = 0; i < INSTANCES; i++) {
      // generous: this machine may be busy; the faults make it wait for nothing else
      RedisConnection connection =
          RedisConnection.open(new RedisConfig(redis.url(), Duration.ofSeconds(2), 10_000));
      connections.add(connection);
      Invalidations invalidations =
          Invalidations.follow(
              log,
              new Invalidations.Settings(Duration.ofHours(1), LONG, Duration.ofHours(1)),
              CacheListener.NONE);
      known.add(invalidations);
      hints.add(HintStream.open(connection, invalidations));
      assertThat(invalidations.awaitStart(LONG)).isTrue();
      caches.add(cache(invalidations, connection));
    }
    for (RedisConnection connection : connections) {
      await().atMost(LONG).until(connection::isUp);
      await().atMost(LONG).until(() -> answers(connection));
    }
    new RedisTrouble(redis).begin(RedisTrouble.Kind.FLUSHED);
  }

  private static TieredCache<String> cache(
      Invalidations invalidations, RedisConnection connection) {
    return Caches.tiered(invalidations, connection, Caches.LoadSettings.DEFAULT, CacheListener.NONE)
        .cache(CacheSettings.of("test", Duration.ofMinutes(1), 8 << 20), new Texts());
  }

  private static boolean answers(RedisConnection connection) {
    try {
      return connection.call(commands -> commands.ping()) != null;
    } catch (RuntimeException e) {
      return false;
    }
  }

  @AfterEach
  void close() {
    hints.forEach(HintStream::close);
    known.forEach(Invalidations::close);
    connections.forEach(RedisConnection::close);
  }

  private static CacheRequest eventual() {
    return new CacheRequest(Freshness.EVENTUAL);
  }

  private Loader<String> loader(String value, String... tags) {
    return freshness -> {
      loads.incrementAndGet();
      return new Loaded<>(value, log.now(), Set.of(tags));
    };
  }

  private Loader<String> slow(String value) {
    return freshness -> {
      loads.incrementAndGet();
      Stamp stamp = log.now();
      await().pollDelay(LOAD).until(() -> true);
      return new Loaded<>(value, stamp, Set.of("product:1"));
    };
  }

  private String name() {
    return RedisTier.name("test", "one", "k");
  }

  @Test
  void whatOneLoads_theOthersFindInRedis() {
    caches.get(0).get("k", eventual(), loader("v", "product:1"));
    await()
        .atMost(LONG)
        .until(() ->
            caches.get(1).get("k", eventual(), loader("w")).source() == Source.REDIS
                || loads.get() > 1);
    assertThat(caches.get(2).get("k", eventual(), loader("w")).value()).isEqualTo("v");
    assertThat(loads).hasValue(1);
  }

  @Test
  void herdOverAllInstances_loadsOnce() throws Exception {
    herd(10_000);
    assertThat(loads).hasValue(1);
  }

  /** Batches that overlap, in every instance at the same time. */
  @Test
  void batchesOverAllInstances_loadEachKeyOnce() throws Exception {
    Map<String, AtomicInteger> loaded = new ConcurrentHashMap<>();
    BatchLoader<String> slowly =
        (keys, freshness) -> {
          Stamp stamp = log.now();
          await().pollDelay(LOAD).until(() -> true);
          Map<String, Loaded<String>> answers = new HashMap<>();
          for (String key : keys) {
            loaded.computeIfAbsent(key, one -> new AtomicInteger()).incrementAndGet();
            answers.put(key, new Loaded<>("value of " + key, stamp, Set.of("product:" + key)));
          }
          return answers;
        };
    CountDownLatch gate = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Map<String, Cached<String>>>> asked = new ArrayList<>();
      for (int i = 0; i < 40 * INSTANCES; i++) {
        TieredCache<String> cache = caches.get(i % INSTANCES);
        List<String> keys = IntStream.range(i % 7, i % 7 + 150).mapToObj(key -> "p" + key).toList();
        asked.add(
            threads.submit(() -> {
              gate.await();
              return cache.getAll(keys, eventual(), slowly);
            }));
      }
      gate.countDown();
      for (Future<Map<String, Cached<String>>> one : asked) {
        assertThat(one.get())
            .hasSize(150)
            .allSatisfy((key, found) -> assertThat(found.value()).isEqualTo("value of " + key));
      }
    }
    assertThat(loaded).hasSize(156).allSatisfy((key, times) -> assertThat(times).hasValue(1));
  }

  @Test
  void herd_withoutRedis_loadsOnceForEachInstance() throws Exception {
    caches.clear();
    for (Invalidations invalidations : known) {
      RedisConnection nobody = RedisConnection.open(RedisConfig.of("redis://127.0.0.1:1"));
      connections.add(nobody);
      caches.add(cache(invalidations, nobody));
    }
    herd(2_000);
    assertThat(loads).hasValue(INSTANCES);
  }

  private void herd(int size) throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Cached<String>>> asked = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        TieredCache<String> cache = caches.get(i % INSTANCES);
        asked.add(
            threads.submit(() -> {
              gate.await();
              return cache.get("k", eventual(), slow("v"));
            }));
      }
      gate.countDown();
      for (Future<Cached<String>> one : asked) {
        assertThat(one.get().value()).isEqualTo("v");
      }
    }
  }

  @Test
  void write_isHeardByAll_beforeTheyReadTheLog() {
    for (TieredCache<String> cache : caches) {
      cache.get("k", eventual(), loader("v", "product:1"));
    }
    // who does not listen yet has begun at the end of the stream by the time it hears the second
    Stamp written = log.write("product:1");
    await()
        .atMost(LONG)
        .until(() -> {
          hints.getFirst().tell(written, List.of("product:1"), "test");
          return caches.stream()
              .allMatch(cache -> !cache.peek("k", Freshness.EVENTUAL).local().isHit());
        });
    assertThat(caches.getLast().get("k", eventual(), loader("w", "product:1")).value())
        .isEqualTo("w");
  }

  @Test
  void olderEntry_doesNotReplaceANewerOneInRedis() {
    Stamp old = log.now();
    log.advance();
    caches.get(0).put("k", new Loaded<>("new", log.now(), Set.of()));
    caches.get(1).put("k", new Loaded<>("old", old, Set.of()));
    assertThat(caches.get(2).get("k", eventual(), loader("w")).value()).isEqualTo("new");
    assertThat(loads).hasValue(0);
  }

  @Test
  void nonsenseInRedis_isReadAsNothing_andReplaced() {
    connections.getFirst().ask(commands -> commands.set(name(), "nonsense"));
    assertThat(caches.get(0).get("k", eventual(), loader("v")).value()).isEqualTo("v");
    await()
        .atMost(LONG)
        .until(() -> caches.get(1).peek("k", Freshness.EVENTUAL).redis() == Verdict.HIT);
    connections.getFirst().ask(commands -> commands.del(name()));
    connections.getFirst().ask(commands -> commands.lpush(name(), "a", "list"));
    assertThat(caches.get(2).get("k", eventual(), loader("w")).value()).isEqualTo("w");
    await()
        .atMost(LONG)
        .until(() -> caches.get(3).peek("k", Freshness.EVENTUAL).redis() == Verdict.HIT);
  }

  @Test
  void anythingInTheStream_neitherStopsIt_norMakesEntriesStale() {
    caches.getFirst().get("k", eventual(), loader("v", "product:1"));
    RedisConnection redisClient = connections.getFirst();
    List<Map<String, String>> messages =
        List.of(
            message(Long.toString(Long.MAX_VALUE), "one", "catalog"),
            message("9223372036854775808", "one", "catalog"),
            message("-1", "one", "catalog"),
            message("ten", "one", "catalog"),
            message("100000", "other", "catalog"),
            message(Long.toString(Long.MAX_VALUE), "one", "x".repeat(1 << 20)),
            message(Long.toString(Long.MAX_VALUE), "one", "keys:*"),
            Map.of("tags", "catalog", "told", "-9223372036854775808", "epoch", "one"));
    // whoever does not listen yet will have begun when it hears a later one
    Stamp written = log.write("product:2");
    await()
        .atMost(LONG)
        .until(() -> {
          messages.forEach(body -> redisClient.ask(all -> all.xadd(HintStream.STREAM, body)));
          hints.getLast().tell(written, List.of("product:2"), "test");
          return known.getFirst().horizon().position() >= written.position();
        });
    assertThat(caches.getFirst().peek("k", Freshness.EVENTUAL).local()).isEqualTo(Verdict.HIT);
    assertThat(known.getFirst().history().furthest()).isLessThan(1_000);
  }

  private static Map<String, String> message(String position, String epoch, String tag) {
    Map<String, String> fields = new HashMap<>();
    fields.putAll(Map.of("epoch", epoch, "position", position, "told", "9", "reason", "x"));
    fields.putAll(Map.of("tags", tag, "tag.0", tag));
    return fields;
  }

  @Test
  void streamThatIsNoStream_losesOnlyHints_andIsReadAgainWhenItIsOne() {
    RedisConnection redisClient = connections.getFirst();
    redisClient.ask(all -> all.del(HintStream.STREAM));
    redisClient.ask(all -> all.lpush(HintStream.STREAM, "a", "list"));
    Stamp first = log.write("product:1");
    hints.getLast().tell(first, List.of("product:1"), "test");
    known.getFirst().catchUp();
    assertThat(known.getFirst().horizon()).isEqualTo(first);
    redisClient.ask(all -> all.del(HintStream.STREAM));
    Stamp second = log.write("product:1");
    await()
        .atMost(LONG)
        .until(() -> {
          hints.getLast().tell(second, List.of("product:1"), "test");
          return known.getFirst().horizon().position() >= second.position();
        });
  }

  @Test
  void entryFromTheFuture_isNotServed_andReplaced() {
    for (Stamp claimed : List.of(new Stamp("one", Long.MAX_VALUE), new Stamp("one", 5_000))) {
      forge("k", claimed, "forged");
      assertThat(caches.get(0).peek("k", Freshness.EVENTUAL).redis())
          .isEqualTo(Verdict.BEYOND_KNOWN);
      assertThat(caches.get(0).getAll(List.of("k"), eventual(), batch("v")).get("k").value())
          .isEqualTo("v");
      caches.get(0).put("k", new Loaded<>("v", log.now(), Set.of()));
      assertThat(caches.get(1).peek("k", Freshness.EVENTUAL).redis()).isEqualTo(Verdict.HIT);
      assertThat(caches.get(1).get("k", eventual(), loader("w")).value()).isEqualTo("v");
      known.forEach(one -> assertThat(one.history().furthest()).isLessThan(5_000));
      caches.forEach(TieredCache::clearLocal);
    }
  }

  private BatchLoader<String> batch(String value) {
    return (keys, freshness) -> {
      Map<String, Loaded<String>> all = new HashMap<>();
      keys.forEach(key -> all.put(key, new Loaded<>(value, log.now(), Set.of())));
      return all;
    };
  }

  /** Puts an entry into Redis as an instance would that knows of a place which is not there. */
  private void forge(String key, Stamp stamp, String value) {
    long now = System.currentTimeMillis();
    Entry<String> entry =
        new Entry<>(
            new Entry.Name("test", key),
            value,
            stamp,
            List.of("catalog"),
            new Entry.Times(now, 1, now + 60_000, now + 60_000),
            1);
    byte[] bytes = new WireFormat<>(new Texts()).write(entry);
    connections.getFirst().call(all -> all.set(RedisTier.name("test", "one", key), bytes));
  }

  @Test
  void entryThatIsNewerThanWhatAnInstanceKnows_isServedOnceTheLogConfirmsIt() {
    log.advance();
    caches.get(0).put("k", new Loaded<>("v", log.now(), Set.of()));
    assertThat(known.get(1).horizon().position()).isLessThan(log.now().position());
    assertThat(caches.get(1).get("k", eventual(), loader("w")).value()).isEqualTo("v");
    assertThat(loads).hasValue(0);
  }

  @Test
  void entryOfAnotherKey_isNotServed() {
    caches.get(0).put("other", new Loaded<>("others", log.now(), Set.of()));
    RedisConnection redisClient = connections.getFirst();
    byte[] others = redisClient.call(all -> all.get(RedisTier.name("test", "one", "other")));
    redisClient.call(all -> all.set(name(), others));
    assertThat(caches.get(1).get("k", eventual(), loader("v")).value()).isEqualTo("v");
  }

  @Test
  void leaseThatNeverEnds_isTaken() {
    connections.getFirst().ask(all -> all.set(name() + ":lease", "mine for ever"));
    assertThat(caches.get(0).get("k", eventual(), loader("v")).value()).isEqualTo("v");
    await()
        .atMost(LONG)
        .until(() ->
            connections
                .getFirst()
                .ask(all -> all.exists(name() + ":lease"))
                .equals(Optional.of(0L)));
    connections
        .getFirst()
        .ask(all -> all.lpush(RedisTier.name("test", "one", "l") + ":lease", "x"));
    assertThat(caches.get(0).get("l", eventual(), loader("v")).value()).isEqualTo("v");
    await().atMost(LONG).until(() -> caches.get(1).peek("l", Freshness.EVENTUAL).redis().isHit());
  }

  @Test
  void redisThatIsFull_isNoFailure() throws Exception {
    RedisTrouble trouble = new RedisTrouble(redis);
    trouble.begin(RedisTrouble.Kind.FULL);
    try {
      assertThat(caches.get(0).get("k", eventual(), loader("v")).value()).isEqualTo("v");
      assertThat(caches.get(0).get("k", eventual(), loader("w")).value())
          .as("in process")
          .isEqualTo("v");
      assertThat(caches.get(1).get("k", eventual(), loader("w")).value()).isEqualTo("w");
    } finally {
      trouble.end(RedisTrouble.Kind.FULL);
    }
  }

  @Test
  void redisOfEarlier_whatWasInvalidatedSince_isNotServed() {
    caches.get(0).get("k", eventual(), loader("v", "product:1"));
    await()
        .atMost(LONG)
        .until(() -> caches.get(1).peek("k", Freshness.EVENTUAL).redis() == Verdict.HIT);
    byte[] dump = connections.getFirst().call(commands -> commands.dump(name()));
    log.write("product:1");
    known.forEach(Invalidations::catchUp);
    caches.get(0).get("k", eventual(), loader("w", "product:1"));
    try (RedisConnection admin =
        RedisConnection.open(new RedisConfig(redis.adminUrl(), Duration.ofSeconds(2), 100))) {
      await().atMost(LONG).until(() -> answers(admin));
      admin.call(commands -> commands.restore(name(), dump, RestoreArgs.Builder.ttl(0).replace()));
    }
    assertThat(caches.get(2).get("k", eventual(), loader("w", "product:1")).value()).isEqualTo("w");
  }

  @Test
  void redisStopped_isLeftAloneSoon_andAskedAgainLater() throws Exception {
    RedisConnection hurried = RedisConnection.open(RedisConfig.of(redis.url()));
    connections.add(hurried);
    await().atMost(LONG).until(() -> answers(hurried));
    Caches one =
        Caches.tiered(known.getFirst(), hurried, Caches.LoadSettings.DEFAULT, CacheListener.NONE);
    TieredCache<String> cache =
        one.cache(CacheSettings.of("stopped", Duration.ofMinutes(1), 8 << 20), new Texts());
    RedisTrouble trouble = new RedisTrouble(redis);
    trouble.begin(RedisTrouble.Kind.STOPPED);
    try {
      for (int i = 0; i < 30; i++) {
        assertThat(cache.get("k" + i, eventual(), loader("v")).value()).isEqualTo("v");
      }
      // it lets nothing pass a moment before it says so: a background store may have opened it
      await().atMost(LONG).until(() -> one.redisState().orElseThrow().name().equals("OPEN"));
    } finally {
      trouble.end(RedisTrouble.Kind.STOPPED);
    }
    await().atMost(LONG).until(() -> answers(hurried));
    assertThat(cache.get("k1", eventual(), loader("w")).value()).isEqualTo("v");
  }
}
