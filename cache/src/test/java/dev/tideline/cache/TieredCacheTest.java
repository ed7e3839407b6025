package dev.tideline.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tideline.cache.Cached.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tier in process: what is loaded when, and who is given what. */
final class TieredCacheTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final WrittenLog log = new WrittenLog();
  private final AtomicLong clock = new AtomicLong(1_000_000);
  private final AtomicInteger loads = new AtomicInteger();
  private Invalidations known;
  private TieredCache<String> cache;

  @BeforeEach
  void open() throws Exception {
    known =
        Invalidations.follow(
            log,
            new Invalidations.Settings(Duration.ofHours(1), LONG, Duration.ofHours(1)),
            CacheListener.NONE);
    known.awaitStart(LONG);
    cache = cache(new Caches.LoadSettings(Duration.ofMillis(20), Duration.ofSeconds(20), 4));
  }

  private TieredCache<String> cache(Caches.LoadSettings bounds) {
    return Caches.of(known, null, bounds, CacheListener.NONE, clock::get)
        .cache(CacheSettings.of("test", Duration.ofMinutes(1), 1 << 20), new Texts());
  }

  @AfterEach
  void close() {
    known.close();
  }

  private static CacheRequest eventual() {
    return new CacheRequest(Freshness.EVENTUAL);
  }

  private static CacheRequest atLeast(Stamp place) {
    return new CacheRequest(new Freshness.AtLeast(List.of(place)));
  }

  /** Reads the value that the database would have now. */
  private Loader<String> loader(String value, String... tags) {
    return freshness -> {
      loads.incrementAndGet();
      return new Loaded<>(value, log.now(), Set.of(tags));
    };
  }

  @Test
  void get_again_isAHit_andTellsItsTags() {
    assertThat(cache.get("k", eventual(), loader("v", "product:1")).source())
        .isEqualTo(Source.LOADED);
    CacheRequest request = eventual();
    assertThat(cache.get("k", request, loader("w", "product:1")))
        .isEqualTo(new Cached<>("v", Source.LOCAL));
    assertThat(loads).hasValue(1);
    assertThat(request.tags()).containsExactlyInAnyOrder("catalog", "product:1");
    assertThat(request.lookups().getFirst().local()).isEqualTo(1);
  }

  @Test
  void get_afterAWriteOfItsTag_loads() {
    cache.get("k", eventual(), loader("v", "product:1"));
    log.write("product:1");
    known.catchUp();
    assertThat(cache.get("k", eventual(), loader("w", "product:1")).value()).isEqualTo("w");
    log.write("catalog");
    known.catchUp();
    assertThat(cache.get("k", eventual(), loader("x", "product:1")).value()).isEqualTo("x");
    assertThat(loads).hasValue(3);
  }

  @Test
  void get_withAToken_readsTheLogOnce_beforeItGivesUpOnAnEntry() {
    cache.get("k", eventual(), loader("v", "product:1"));
    Stamp other = log.write("product:2");
    int before = log.reads();
    assertThat(cache.get("k", atLeast(other), loader("w", "product:1")))
        .isEqualTo(new Cached<>("v", Source.LOCAL));
    assertThat(log.reads()).isEqualTo(before + 1);
    Stamp own = log.write("product:1");
    assertThat(cache.get("k", atLeast(own), loader("w", "product:1")).value()).isEqualTo("w");
  }

  @Test
  void get_withAnotherHistorysToken_goesBy() {
    cache.get("k", eventual(), loader("v", "product:1"));
    assertThat(cache.get("k", atLeast(Stamp.UNKNOWN), loader("w")).source())
        .isEqualTo(Source.LOADED);
    assertThat(cache.get("k", new CacheRequest(Freshness.UNCACHED), loader("x")).value())
        .isEqualTo("x");
    assertThat(cache.get("k", eventual(), loader("y")).value()).isIn("v", "w");
  }

  @Test
  void get_whatThereIsNot_isRememberedShortly() {
    Loader<String> nothing =
        freshness -> {
          loads.incrementAndGet();
          return new Loaded<>(null, log.now(), Set.of("product:1"));
        };
    assertThat(cache.get("k", eventual(), nothing).find()).isEmpty();
    assertThat(cache.get("k", eventual(), nothing).find()).isEmpty();
    assertThat(loads).hasValue(1);
    clock.addAndGet(6_000);
    cache.get("k", eventual(), nothing);
    assertThat(loads).hasValue(2);
  }

  @Test
  void get_withoutAKnownStamp_isNotKept() {
    Loader<String> unstamped =
        freshness -> {
          loads.incrementAndGet();
          return new Loaded<>("v", Stamp.UNKNOWN, Set.of());
        };
    cache.get("k", eventual(), unstamped);
    cache.get("k", eventual(), unstamped);
    assertThat(loads).hasValue(2);
  }

  /** Begins many gets of one key at once, and lets their load end. */
  private List<Cached<String>> herd(int size, CountDownLatch gate, Loader<String> loader)
      throws Exception {
    List<Cached<String>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Cached<String>>> asked = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        asked.add(threads.submit(() -> cache.get("k", eventual(), loader)));
      }
      await().atMost(LONG).until(() -> loads.get() > 0);
      gate.countDown();
      for (Future<Cached<String>> one : asked) {
        answers.add(one.get());
      }
    }
    return answers;
  }

  private Loader<String> gated(CountDownLatch gate, String value, Stamp stamp) {
    return freshness -> {
      loads.incrementAndGet();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return new Loaded<>(value, stamp, Set.of("product:1"));
    };
  }

  @Test
  void herd_isLoadedOnce() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    List<Cached<String>> answers = herd(1_000, gate, gated(gate, "v", log.now()));
    assertThat(answers).allMatch(one -> "v".equals(one.value()));
    assertThat(loads).hasValue(1);
  }

  @Test
  void sharedLoad_thatAWriteHasMadeStale_isNotGivenToWhoHasItsToken() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    Stamp before = log.now();
    CompletableFuture<Cached<String>> first =
        CompletableFuture.supplyAsync(() -> cache.get("k", eventual(), gated(gate, "old", before)));
    await().atMost(LONG).until(() -> loads.get() == 1);
    Stamp written = log.write("product:1");
    CompletableFuture<Cached<String>> second =
        CompletableFuture.supplyAsync(
            () -> cache.get("k", atLeast(written), loader("new", "product:1")));
    gate.countDown();
    assertThat(first.get().value()).isEqualTo("old");
    assertThat(second.get().value()).isEqualTo("new");
  }

  @Test
  void loaderFails_whatIsPastItsTimeStandsIn_andSaysSo_butNotForTokens() {
    cache.get("k", eventual(), loader("v", "product:1"));
    clock.addAndGet(70_000);
    Loader<String> failing =
        freshness -> {
          throw new IllegalStateException("no database");
        };
    CacheRequest request = eventual();
    assertThat(cache.get("k", request, failing)).isEqualTo(new Cached<>("v", Source.STALE));
    assertThat(request.staleness()).isGreaterThan(Duration.ofSeconds(9));
    assertThatThrownBy(() -> cache.get("k", atLeast(log.now()), failing)).hasMessage("no database");
    clock.addAndGet(Duration.ofMinutes(5).toMillis());
    assertThatThrownBy(() -> cache.get("k", eventual(), failing)).hasMessage("no database");
  }

  @Test
  void loaderFails_whatAWriteHasMadeStaleDoesNotStandIn() {
    cache.get("k", eventual(), loader("v", "product:1"));
    clock.addAndGet(70_000);
    log.write("product:1");
    known.catchUp();
    assertThatThrownBy(() ->
            cache.get(
                "k",
                eventual(),
                freshness -> {
                  throw new IllegalStateException("no database");
                }))
        .hasMessage("no database");
  }

  @Test
  void loaderIsSlow_whatIsPastItsTimeStandsIn_andTheLoadGoesOn() {
    cache.get("k", eventual(), loader("v", "product:1"));
    clock.addAndGet(70_000);
    CountDownLatch gate = new CountDownLatch(1);
    assertThat(cache.get("k", eventual(), gated(gate, "w", log.now())).source())
        .isEqualTo(Source.STALE);
    gate.countDown();
    await()
        .atMost(LONG)
        .until(() -> "w".equals(cache.get("k", eventual(), loader("w", "product:1")).value()));
    assertThat(loads.get()).isLessThanOrEqualTo(3);
  }

  @Test
  void nearTheEnd_oneRequestReadsAnew_whileOthersAreServed() {
    cache.get(
        "k",
        eventual(),
        freshness -> {
          loads.incrementAndGet();
          return new Loaded<>("v", log.now(), Set.of());
        });
    Entry<String> entry =
        new Entry<>(
            new Entry.Name("test", "k"),
            "v",
            log.now(),
            List.of(),
            new Entry.Times(0, 100, 10_000, 20_000),
            1);
    int early = 0;
    for (int i = 0; i < 10_000; i++) {
      early += entry.isDueEarly(9_900) ? 1 : 0;
      assertThat(entry.isDueEarly(10_000)).isTrue();
    }
    // with a load of 100 ms and 100 ms to go: e to the power of -1
    assertThat(early / 10_000.0).isBetween(0.33, 0.41);
  }

  @Test
  void loads_haveABound() {
    cache = cache(new Caches.LoadSettings(Duration.ZERO, Duration.ofMillis(200), 1));
    CountDownLatch gate = new CountDownLatch(1);
    CompletableFuture<Cached<String>> slow =
        CompletableFuture.supplyAsync(
            () -> cache.get("a", eventual(), gated(gate, "v", log.now())));
    await().atMost(LONG).until(() -> loads.get() == 1);
    assertThatThrownBy(() -> cache.get("b", eventual(), loader("v")))
        .isInstanceOf(CacheException.class);
    gate.countDown();
    assertThat(slow)
        .failsWithin(LONG)
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .withCauseInstanceOf(CacheException.class);
  }

  @Test
  void getAll_loadsTheMissesTogether() {
    cache.get("b", eventual(), loader("B", "product:b"));
    List<List<String>> asked = new ArrayList<>();
    BatchLoader<String> batch =
        (keys, freshness) -> {
          asked.add(keys);
          Map<String, Loaded<String>> loaded = new HashMap<>();
          for (String key : keys) {
            if (!key.equals("unknown")) {
              loaded.put(key, new Loaded<>(key, log.now(), Set.of("product:" + key)));
            }
          }
          return loaded;
        };
    CacheRequest request = eventual();
    Map<String, Cached<String>> found =
        cache.getAll(List.of("a", "b", "c", "unknown"), request, batch);
    assertThat(found).containsOnlyKeys("a", "b", "c");
    assertThat(found.get("b").value()).isEqualTo("B");
    assertThat(asked).containsExactly(List.of("a", "c", "unknown"));
    assertThat(request.lookups().getFirst().local()).isEqualTo(1);
    cache.getAll(List.of("a", "c"), eventual(), batch);
    assertThat(asked).hasSize(1);
    log.write("product:a");
    known.catchUp();
    cache.getAll(List.of("a", "c"), eventual(), batch);
    assertThat(asked).hasSize(2).last().isEqualTo(List.of("a"));
  }

  @Test
  void getAll_loaderFails_whatIsPastItsTimeStandsIn_asForOneKey() {
    cache.get("a", eventual(), loader("A", "product:a"));
    cache.get("b", eventual(), loader("B", "product:b"));
    clock.addAndGet(70_000);
    BatchLoader<String> failing =
        (keys, freshness) -> {
          throw new IllegalStateException("no database");
        };
    CacheRequest request = eventual();
    assertThat(cache.getAll(List.of("a", "b"), request, failing))
        .containsOnly(
            Map.entry("a", new Cached<>("A", Source.STALE)),
            Map.entry("b", new Cached<>("B", Source.STALE)));
    assertThat(request.staleness()).isGreaterThan(Duration.ofSeconds(9));
    assertThatThrownBy(() -> cache.getAll(List.of("a", "c"), eventual(), failing))
        .hasMessage("no database");
  }

  @Test
  void getAll_nearTheEnd_readsAnewWhileItServes_asForOneKey() {
    cache.get(
        "a",
        eventual(),
        freshness -> {
          await().pollDelay(Duration.ofMillis(20)).until(() -> true);
          return new Loaded<>("old", log.now(), Set.of());
        });
    BatchLoader<String> newer =
        (keys, freshness) -> Map.of("a", new Loaded<>("new", log.now(), Set.of()));
    clock.addAndGet(cache.peek("a", Freshness.EVENTUAL).ttlMillis() - 1);
    await()
        .atMost(LONG)
        .until(() -> {
          Cached<String> found = cache.getAll(List.of("a"), eventual(), newer).get("a");
          assertThat(found.source()).as("nobody waits for it").isEqualTo(Source.LOCAL);
          return "new".equals(found.value());
        });
  }

  @Test
  void olderRead_doesNotReplaceANewerOne() {
    Stamp old = log.now();
    log.advance();
    cache.put("k", new Loaded<>("new", log.now(), Set.of()));
    cache.put("k", new Loaded<>("old", old, Set.of()));
    assertThat(cache.get("k", eventual(), loader("other")).value()).isEqualTo("new");
  }

  @Test
  void hearingNothingForTooLong_servesOnlyAsStale() throws Exception {
    try (Invalidations deaf =
        Invalidations.follow(
            log,
            new Invalidations.Settings(Duration.ofHours(1), Duration.ZERO, Duration.ofNanos(1)),
            CacheListener.NONE)) {
      deaf.awaitStart(LONG);
      TieredCache<String> silent =
          Caches.of(deaf, null, Caches.LoadSettings.DEFAULT, CacheListener.NONE, clock::get)
              .cache(CacheSettings.of("t", Duration.ofMinutes(1), 1 << 20), new Texts());
      silent.get("k", eventual(), loader("v"));
      CacheRequest request = eventual();
      assertThat(
              silent
                  .get(
                      "k",
                      request,
                      freshness -> {
                        throw new IllegalStateException("no database");
                      })
                  .source())
          .isEqualTo(Source.STALE);
    }
  }
}
