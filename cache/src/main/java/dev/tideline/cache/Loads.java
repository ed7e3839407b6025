package dev.tideline.cache;

import dev.tideline.cache.Cached.Source;
import dev.tideline.cache.Flight.Landing;
import dev.tideline.cache.RedisTier.Found;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a cache gets what it does not have in process: from Redis, from who is loading it already, or
 * by loading. Loads run on threads of their own, so that who waits may give up while the load goes
 * on. Thread-safe.
 */
final class Loads<V> {

  /** Between two looks at whether another instance has loaded. */
  private static final Duration LEASE_POLL_MIN = Duration.ofMillis(2);

  /** A load that takes longer is not waited for: its instance may have died. */
  private static final Duration LEASE_MAX = Duration.ofSeconds(3);

  private static final Duration LEASE_POLL_MAX = Duration.ofMillis(25);

  /** Judges entries as the cache does. */
  @FunctionalInterface
  interface Judge<V> {
    Verdict judge(@Nullable Entry<V> entry, Freshness freshness);
  }

  /** The loader did not answer for a key. */
  static final class NotLoadedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** A load, and whether it was begun for this request. */
  record Joined<V>(Flight<V> flight, boolean mine) {}

  private final CacheSettings settings;
  private final WireFormat<V> format;
  private final Codec<V> codec;
  private final Caches.Shared shared;
  private final LocalTier<V> local;
  private final Judge<V> judge;
  private final Counters counters;
  private final Map<String, Flight<V>> flights = new ConcurrentHashMap<>();

  Loads(
      CacheSettings settings,
      Codec<V> codec,
      Caches.Shared shared,
      LocalTier<V> local,
      Judge<V> judge,
      Counters counters) {
    this.counters = counters;
    this.settings = settings;
    this.codec = codec;
    this.format = new WireFormat<>(codec);
    this.shared = shared;
    this.local = local;
    this.judge = judge;
  }

  private @Nullable RedisTier redis() {
    return settings.shared() ? shared.redis() : null;
  }

  /**
   * The load under way, or a new one.
   *
   * @param patient whether the caller has nothing better to do than to wait for Redis, which spares
   *     a hit there the way to another thread and back
   */
  Joined<V> join(String key, Freshness freshness, Loader<V> loader, boolean patient) {
    Flight<V> mine = Flight.begin();
    Flight<V> other = flights.putIfAbsent(key, mine);
    if (other != null) {
      return new Joined<>(other, false);
    }
    Verdict asked = null;
    try {
      RedisTier redis = redis();
      asked = patient && redis != null ? fetchShared(key, mine, freshness, redis) : null;
    } catch (RuntimeException | Error e) {
      fail(key, mine, e);
    }
    if (!mine.landing().isDone()) {
      Verdict found = asked;
      start(key, mine, () -> fetch(key, mine, freshness, loader, found));
    }
    return new Joined<>(mine, true);
  }

  /** Reads an entry anew before its time is up, unless that is being done already. */
  void refresh(String key, Loader<V> loader) {
    Flight<V> mine = Flight.begin();
    if (flights.putIfAbsent(key, mine) == null) {
      start(key, mine, () -> refetch(key, mine, loader));
    }
  }

  private void start(String key, Flight<V> flight, Runnable work) {
    Thread.ofVirtual()
        .name("load-" + settings.name())
        .start(() -> {
          try {
            work.run();
          } catch (RuntimeException | Error e) {
            fail(key, flight, e);
          } finally {
            flights.remove(key, flight);
          }
        });
  }

  private void fail(String key, Flight<V> flight, Throwable e) {
    flights.remove(key, flight);
    flight.landing().completeExceptionally(e);
  }

  private void land(String key, Flight<V> flight, Landing<V> landing) {
    flights.remove(key, flight);
    flight.landing().complete(landing);
  }

  /** Lands with what Redis has, if that is fit; answers what was found. */
  private Verdict fetchShared(String key, Flight<V> flight, Freshness freshness, RedisTier redis) {
    String epoch = shared.invalidations().history().epoch();
    Glimpse<V> glimpse =
        glimpse(key, RedisTier.name(settings.name(), epoch, key), epoch, freshness, redis);
    Verdict verdict = Objects.requireNonNull(glimpse.verdict());
    counters.asked(Tier.REDIS, verdict);
    Entry<V> entry = glimpse.entry();
    if (entry != null && verdict.isHit()) {
      local.put(entry);
      land(key, flight, new Landing<>(entry, Source.REDIS, verdict));
    }
    return verdict;
  }

  /**
   * From Redis, from whoever loads it, or from the loader.
   *
   * @param asked what Redis had that was not fit; null if it was not asked yet
   */
  private void fetch(
      String key,
      Flight<V> flight,
      Freshness freshness,
      Loader<V> loader,
      @Nullable Verdict asked) {
    RedisTier redis = redis();
    if (redis == null) {
      loadInto(key, flight, freshness, loader, null, null);
      return;
    }
    Verdict verdict = asked == null ? fetchShared(key, flight, freshness, redis) : asked;
    if (verdict.isHit()) {
      return;
    }
    String epoch = shared.invalidations().history().epoch();
    String name = RedisTier.name(settings.name(), epoch, key);
    String lease = null;
    if (verdict != Verdict.AWAY) {
      RedisTier.Lease given = redis.lease(name, leaseMax());
      lease = given.id();
      if (given.taken()) {
        Entry<V> others = awaitOthers(key, name, epoch, freshness, redis);
        if (others != null) {
          local.put(others);
          land(key, flight, new Landing<>(others, Source.SHARED, verdict));
          return;
        }
      }
    }
    loadInto(key, flight, freshness, loader, verdict, lease);
  }

  private void refetch(String key, Flight<V> flight, Loader<V> loader) {
    RedisTier redis = redis();
    String lease = null;
    if (redis != null) {
      String epoch = shared.invalidations().history().epoch();
      RedisTier.Lease asked = redis.lease(RedisTier.name(settings.name(), epoch, key), leaseMax());
      if (asked.taken()) {
        fetch(key, flight, Freshness.EVENTUAL, loader, null);
        return;
      }
      lease = asked.id();
    }
    loadInto(key, flight, Freshness.EVENTUAL, loader, null, lease);
  }

  private Duration leaseMax() {
    Duration hard = shared.loads().hardTimeout();
    return hard.compareTo(LEASE_MAX) < 0 ? hard : LEASE_MAX;
  }

  /** Waits for the instance that has the lease; null if it gives it back without an entry fit. */
  private @Nullable Entry<V> awaitOthers(
      String key, String name, String epoch, Freshness freshness, RedisTier redis) {
    long end = System.nanoTime() + leaseMax().toNanos();
    long pause = LEASE_POLL_MIN.toNanos();
    boolean leased = true;
    while (leased && System.nanoTime() < end) {
      try {
        TimeUnit.NANOSECONDS.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
      pause = Math.min(pause * 2, LEASE_POLL_MAX.toNanos());
      leased = redis.isLeased(name);
      Glimpse<V> glimpse = glimpse(key, name, epoch, freshness, redis);
      if (glimpse.verdict() != null && glimpse.verdict().isHit()) {
        return glimpse.entry();
      }
    }
    return null;
  }

  private void loadInto(
      String key,
      Flight<V> flight,
      Freshness freshness,
      Loader<V> loader,
      @Nullable Verdict redisVerdict,
      @Nullable String lease) {
    RedisTier redis = redis();
    Entry<V> entry;
    try {
      entry = load(key, freshness, loader);
    } catch (RuntimeException e) {
      if (redis != null) {
        redis.release(redisName(key), lease);
      }
      throw e;
    }
    if (entry.stamp().isKnown()) {
      local.put(entry);
    }
    land(key, flight, new Landing<>(entry, Source.LOADED, redisVerdict));
    if (redis != null) {
      store(entry, redis, lease);
    }
  }

  private String redisName(String key) {
    return RedisTier.name(settings.name(), shared.invalidations().history().epoch(), key);
  }

  private void store(Entry<V> entry, RedisTier redis, @Nullable String lease) {
    if (!entry.stamp().isKnown()) {
      redis.release(redisName(entry.key()), lease);
      return;
    }
    byte[] bytes = format.write(entry);
    Duration kept = Duration.ofMillis(entry.times().keptUntil() - shared.clock().getAsLong());
    Invalidations known = shared.invalidations();
    boolean stored =
        redis.store(entry.redisName(), bytes, kept, lease, known.history().furthest(), false);
    if (!stored && known.catchUp()) {
      redis.store(entry.redisName(), bytes, kept, lease, known.history().furthest(), true);
    } else if (!stored) {
      redis.release(entry.redisName(), lease);
    }
  }

  /** Loads for one request alone; the entry is kept if it can be. */
  Landing<V> alone(String key, Freshness freshness, Loader<V> loader) {
    Entry<V> entry = load(key, freshness, loader);
    if (entry.stamp().isKnown() && !(freshness instanceof Freshness.Uncached)) {
      local.put(entry);
    }
    return new Landing<>(entry, Source.LOADED, null);
  }

  private Entry<V> load(String key, Freshness freshness, Loader<V> loader) {
    enter();
    long readAt = shared.clock().getAsLong();
    long start = System.nanoTime();
    try {
      Loaded<V> loaded = loader.load(freshness);
      return entry(key, loaded, readAt, System.nanoTime() - start);
    } catch (RuntimeException e) {
      counters.failed();
      throw e;
    } finally {
      shared.permits().release();
      counters.loaded(System.nanoTime() - start);
    }
  }

  private void enter() {
    try {
      if (!shared
          .permits()
          .tryAcquire(shared.loads().hardTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new CacheException(
            "%s: %d loads are under way".formatted(settings.name(), shared.loads().loadsMax()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CacheException(settings.name() + ": interrupted", e);
    }
  }

  private Entry<V> entry(String key, Loaded<V> loaded, long readAt, long loadNanos) {
    V value = loaded.value();
    long ttl = (value == null ? settings.negativeTtl() : settings.ttl()).toMillis();
    long fresh =
        readAt
            + Math.round(
                ttl * (1 - CacheSettings.JITTER * ThreadLocalRandom.current().nextDouble()));
    shared.invalidations().observed(loaded.stamp());
    TreeSet<String> tags = new TreeSet<>(loaded.tags());
    tags.add(Tags.ALL);
    return new Entry<>(
        name(key),
        value,
        loaded.stamp(),
        List.copyOf(tags),
        new Entry.Times(
            readAt,
            (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(loadNanos)),
            fresh,
            fresh + (value == null ? 0 : settings.staleFor().toMillis())),
        value == null ? 0 : codec.encode(value).length);
  }

  /** Keeps what was loaded by somebody else. */
  void keep(String key, Loaded<V> loaded, long readAt) {
    if (!loaded.stamp().isKnown()) {
      return;
    }
    Entry<V> entry = entry(key, loaded, readAt, 0);
    local.put(entry);
    RedisTier redis = redis();
    if (redis != null) {
      store(entry, redis, null);
    }
  }

  // several at once

  /** For each key the load under way, or a part of a new one for all that are not. */
  Map<String, Joined<V>> joinAll(List<String> keys, Freshness freshness, BatchLoader<V> loader) {
    Map<String, Joined<V>> joined = new LinkedHashMap<>();
    Map<String, Flight<V>> mine = new LinkedHashMap<>();
    for (String key : keys) {
      Flight<V> own = Flight.begin();
      Flight<V> other = flights.putIfAbsent(key, own);
      joined.put(key, new Joined<>(other == null ? own : other, other == null));
      if (other == null) {
        mine.put(key, own);
      }
    }
    if (!mine.isEmpty()) {
      Thread.ofVirtual()
          .name("load-" + settings.name())
          .start(() -> {
            try {
              fetchAll(mine, freshness, loader);
            } catch (RuntimeException | Error e) {
              mine.values().forEach(flight -> flight.landing().completeExceptionally(e));
            } finally {
              mine.forEach((key, flight) -> {
                flights.remove(key, flight);
                flight.landing().completeExceptionally(new NotLoadedException());
              });
            }
          });
    }
    return joined;
  }

  private void fetchAll(Map<String, Flight<V>> mine, Freshness freshness, BatchLoader<V> loader) {
    RedisTier redis = redis();
    Map<String, Verdict> missing = new LinkedHashMap<>();
    List<String> keys = List.copyOf(mine.keySet());
    if (redis == null) {
      keys.forEach(key -> missing.put(key, Verdict.MISSING));
    } else {
      String epoch = shared.invalidations().history().epoch();
      List<String> names =
          keys.stream().map(key -> RedisTier.name(settings.name(), epoch, key)).toList();
      List<@Nullable Entry<V>> found = readAll(keys, epoch, redis.getAll(names));
      List<Verdict> verdicts = judgeAll(found, freshness);
      for (int i = 0; i < keys.size(); i++) {
        Entry<V> entry = found.get(i);
        Verdict verdict = verdicts.get(i);
        counters.asked(Tier.REDIS, verdict);
        Flight<V> flight = Objects.requireNonNull(mine.get(keys.get(i)));
        if (entry != null && verdict.isHit()) {
          local.put(entry);
          land(keys.get(i), flight, new Landing<>(entry, Source.REDIS, verdict));
        } else {
          missing.put(keys.get(i), verdict);
        }
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    List<Entry<V>> stored = new ArrayList<>();
    loadAll(List.copyOf(missing.keySet()), freshness, loader)
        .forEach((key, entry) -> {
          if (entry.stamp().isKnown()) {
            local.put(entry);
            stored.add(entry);
          }
          Flight<V> flight = mine.get(key);
          if (flight != null) {
            Verdict verdict = redis == null ? null : missing.get(key);
            land(key, flight, new Landing<>(entry, Source.LOADED, verdict));
          }
        });
    if (redis != null) {
      stored.forEach(entry -> store(entry, redis, null));
    }
  }

  private Map<String, Entry<V>> loadAll(
      List<String> keys, Freshness freshness, BatchLoader<V> loader) {
    enter();
    long readAt = shared.clock().getAsLong();
    long start = System.nanoTime();
    try {
      Map<String, Entry<V>> entries = new LinkedHashMap<>();
      loader
          .load(keys, freshness)
          .forEach((key, loaded) ->
              entries.put(key, entry(key, loaded, readAt, System.nanoTime() - start)));
      return entries;
    } catch (RuntimeException e) {
      counters.failed();
      throw e;
    } finally {
      shared.permits().release();
      counters.loaded(System.nanoTime() - start);
    }
  }

  /** Loads several for one request alone. */
  Map<String, Landing<V>> allAlone(List<String> keys, Freshness freshness, BatchLoader<V> loader) {
    Map<String, Landing<V>> landed = new LinkedHashMap<>();
    loadAll(keys, freshness, loader)
        .forEach((key, entry) -> {
          if (entry.stamp().isKnown() && !(freshness instanceof Freshness.Uncached)) {
            local.put(entry);
          }
          landed.put(key, new Landing<>(entry, Source.LOADED, null));
        });
    return landed;
  }

  /** Several, of which some are null or no entries. */
  private List<@Nullable Entry<V>> readAll(
      List<String> keys, String epoch, List<byte @Nullable []> all) {
    List<@Nullable Entry<V>> entries = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      byte[] bytes = all.get(i);
      Entry<V> entry = null;
      if (bytes != null) {
        try {
          entry = read(keys.get(i), epoch, ByteBuffer.wrap(bytes));
        } catch (RuntimeException e) {
          entry = null; // somebody else's, or damaged: it will be written over
        }
      }
      entries.add(entry);
    }
    return entries;
  }

  private Entry.Name name(String key) {
    return new Entry.Name(settings.name(), key);
  }

  /** An entry of Redis; it is no fresher than this instance's settings allow. */
  private Entry<V> read(String key, String epoch, ByteBuffer bytes) {
    Entry<V> entry = format.read(name(key), epoch, bytes);
    return entry.with(entry.times().within(settings, shared.clock().getAsLong()));
  }

  /**
   * Verdicts on what others have put into Redis. An entry beyond all that is known may be so new
   * that the log has to be read again; one that is still beyond it then is not believed.
   */
  private List<Verdict> judgeAll(List<? extends @Nullable Entry<V>> entries, Freshness freshness) {
    List<Verdict> verdicts = entries.stream().map(entry -> judge.judge(entry, freshness)).toList();
    if (!verdicts.contains(Verdict.BEYOND_KNOWN)) {
      return verdicts;
    }
    shared.invalidations().catchUp();
    return entries.stream().map(entry -> judge.judge(entry, freshness)).toList();
  }

  // looking without loading

  /**
   * What Redis has of a key.
   *
   * @param verdict null if there is no Redis
   */
  record Glimpse<V>(@Nullable Entry<V> entry, @Nullable Verdict verdict) {}

  Glimpse<V> glimpse(String key, Freshness freshness) {
    RedisTier redis = redis();
    if (redis == null) {
      return new Glimpse<>(null, null);
    }
    String epoch = shared.invalidations().history().epoch();
    return glimpse(key, RedisTier.name(settings.name(), epoch, key), epoch, freshness, redis);
  }

  private Glimpse<V> glimpse(
      String key, String name, String epoch, Freshness freshness, RedisTier redis) {
    return switch (redis.get(name)) {
      case Found.Away() -> new Glimpse<>(null, Verdict.AWAY);
      case Found.Nothing() -> new Glimpse<>(null, Verdict.MISSING);
      case Found.Value(ByteBuffer bytes) -> {
        try {
          Entry<V> entry = read(key, epoch, bytes);
          yield new Glimpse<>(entry, judgeAll(List.of(entry), freshness).getFirst());
        } catch (RuntimeException e) {
          yield new Glimpse<>(null, Verdict.MALFORMED);
        }
      }
    };
  }
}
