package dev.tideline.cache;

import dev.tideline.cache.Cached.Source;
import dev.tideline.cache.Flight.Landing;
import dev.tideline.cache.Flights.Joined;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gets values that a cache does not have in process: from Redis, from a load in progress, or by
 * loading them. Loads run on their own threads, so that a caller may give up while a load
 * continues. Thread-safe.
 */
final class Loads<V> {

  /** The loader did not answer for a key. */
  static final class NotLoadedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final CacheSettings settings;
  private final Codec<V> codec;
  private final Caches.Shared shared;
  private final LocalTier<V> local;
  private final Counters counters;
  private final Flights<V> flights = new Flights<>();
  private final @Nullable RedisEntries<V> remote;
  private final @Nullable Leases<V> leases;

  Loads(
      CacheSettings settings,
      Codec<V> codec,
      Caches.Shared shared,
      LocalTier<V> local,
      @Nullable RedisEntries<V> remote,
      Counters counters) {
    this.settings = settings;
    this.codec = codec;
    this.shared = shared;
    this.local = local;
    this.remote = remote;
    this.leases = remote == null ? null : new Leases<>(remote, shared.loads().hardTimeout());
    this.counters = counters;
  }

  /**
   * For each key the load under way, or its part of a new one for all that are not.
   *
   * @param patient whether the caller has nothing better to do than to wait for Redis, which spares
   *     a hit there the way to another thread and back
   */
  Map<String, Joined<V>> join(
      Collection<String> keys, Freshness freshness, BatchLoader<V> loader, boolean patient) {
    Map<String, Joined<V>> joined = flights.join(keys);
    Batch<V> batch = new Batch<>(Flights.mine(joined), freshness, loader);
    if (patient && !batch.flights().isEmpty()) {
      guarded(batch, this::findRemote);
    }
    if (!batch.open().isEmpty()) {
      start(batch, this::fetch);
    }
    return joined;
  }

  /** Reads entries again before their time is up, those that are not being read already. */
  void refresh(Collection<String> keys, BatchLoader<V> loader) {
    Map<String, Flight<V>> mine = Flights.mine(flights.join(keys));
    if (!mine.isEmpty()) {
      start(new Batch<>(mine, Freshness.EVENTUAL, loader), this::refetch);
    }
  }

  private void start(Batch<V> batch, Consumer<Batch<V>> work) {
    Thread.ofVirtual().name("load-" + settings.name()).start(() -> guarded(batch, work));
  }

  /** A failure is every waiting request's. */
  private void guarded(Batch<V> batch, Consumer<Batch<V>> work) {
    try {
      work.accept(batch);
    } catch (RuntimeException | Error e) {
      batch
          .flights()
          .forEach((key, flight) -> {
            if (!flight.isOver()) {
              flights.fail(key, flight, e);
            }
          });
    }
  }

  private void land(Batch<V> batch, Entry<V> entry, Source source) {
    if (entry.stamp().isKnown()) {
      local.put(entry);
    }
    Flight<V> flight = batch.flights().get(entry.key());
    if (flight != null) {
      flights.land(
          entry.key(), flight, new Landing<>(entry, source, batch.redisVerdict(entry.key())));
    }
  }

  /** Lands with what Redis has, where that may be served. */
  private void findRemote(Batch<V> batch) {
    if (remote == null) {
      return;
    }
    remote
        .find(batch.open(), batch.freshness())
        .forEach((key, found) -> {
          counters.asked(Tier.REDIS, found.verdict());
          batch.found(key, found.verdict());
          Entry<V> entry = found.entry();
          if (entry != null && found.verdict().isHit()) {
            land(batch, entry, Source.REDIS);
          }
        });
  }

  /** Gets a value from Redis, from a load in progress, or from the loader. */
  private void fetch(Batch<V> batch) {
    if (batch.open().stream().anyMatch(key -> batch.redisVerdict(key) == null)) {
      findRemote(batch);
    }
    List<String> taken = askForLeases(batch);
    load(batch, without(batch.open(), taken));
    if (leases != null && !taken.isEmpty()) {
      leases.awaitOthers(
          taken, batch.freshness(), (key, entry) -> land(batch, entry, Source.SHARED));
      load(batch, batch.open());
    }
  }

  /** What is held in Redis is what is to be replaced, unless another instance does that. */
  private void refetch(Batch<V> batch) {
    List<String> taken = askForLeases(batch);
    load(batch, without(batch.open(), taken));
    if (!batch.open().isEmpty()) {
      fetch(batch);
    }
  }

  /** The keys that other instances are loading. */
  private List<String> askForLeases(Batch<V> batch) {
    List<String> asked =
        batch.open().stream().filter(key -> batch.redisVerdict(key) != Verdict.AWAY).toList();
    return leases == null || asked.isEmpty() ? List.of() : leases.ask(batch, asked);
  }

  private static List<String> without(List<String> keys, List<String> others) {
    return others.isEmpty() ? keys : keys.stream().filter(key -> !others.contains(key)).toList();
  }

  private void load(Batch<V> batch, List<String> keys) {
    if (keys.isEmpty()) {
      return;
    }
    Map<String, Entry<V>> entries = Map.of();
    try {
      entries = load(keys, batch.freshness(), batch.loader());
      entries.values().forEach(entry -> land(batch, entry, Source.LOADED));
      failMissing(batch, keys, entries);
    } finally {
      if (remote != null) {
        for (String key : keys) {
          Entry<V> entry = entries.get(key);
          String lease = batch.takeLease(key);
          if (entry != null) {
            remote.store(entry, lease);
          } else {
            remote.release(key, lease);
          }
        }
      }
    }
  }

  private void failMissing(Batch<V> batch, List<String> keys, Map<String, Entry<V>> entries) {
    for (String key : keys) {
      Flight<V> flight = batch.flights().get(key);
      if (flight != null && !entries.containsKey(key)) {
        flights.fail(key, flight, new NotLoadedException());
      }
    }
  }

  /** Loads for one request alone; entries are kept if they can be. */
  Map<String, Landing<V>> alone(
      Collection<String> keys, Freshness freshness, BatchLoader<V> loader) {
    Map<String, Landing<V>> landed = new LinkedHashMap<>();
    load(List.copyOf(keys), freshness, loader)
        .forEach((key, entry) -> {
          if (entry.stamp().isKnown() && !(freshness instanceof Freshness.Uncached)) {
            local.put(entry);
          }
          landed.put(key, new Landing<>(entry, Source.LOADED, null));
        });
    return landed;
  }

  private Map<String, Entry<V>> load(
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

  private void enter() {
    try {
      if (!shared
          .permits()
          .tryAcquire(shared.loads().hardTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new CacheException(
            "%s: the limit of %d concurrent loads is reached"
                .formatted(settings.name(), shared.loads().loadsMax()));
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
        new Entry.Name(settings.name(), key),
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

  /** Keeps a value that another instance or thread has loaded. */
  void keep(String key, Loaded<V> loaded, long readAt) {
    if (!loaded.stamp().isKnown()) {
      return;
    }
    Entry<V> entry = entry(key, loaded, readAt, 0);
    local.put(entry);
    if (remote != null) {
      remote.store(entry, null);
    }
  }
}
