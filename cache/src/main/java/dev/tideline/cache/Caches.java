package dev.tideline.cache;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The caches of one instance and what they share. Thread-safe. */
public final class Caches {

  /**
   * Bounds of loads.
   *
   * @param softTimeout after which a request that may be answered staler gets a stale entry
   * @param hardTimeout after which a request is refused
   * @param loadsMax loads at a time, of all caches
   */
  public record LoadSettings(Duration softTimeout, Duration hardTimeout, int loadsMax) {

    public static final LoadSettings DEFAULT =
        new LoadSettings(Duration.ofMillis(250), Duration.ofSeconds(10), 64);

    public LoadSettings {
      if (softTimeout.isNegative() || !hardTimeout.isPositive() || loadsMax < 1) {
        throw new IllegalArgumentException("not positive: " + hardTimeout + ", " + loadsMax);
      }
    }
  }

  /** What the caches of an instance share. */
  record Shared(
      Invalidations invalidations,
      @Nullable RedisTier redis,
      LoadSettings loads,
      Semaphore permits,
      CacheListener listener,
      LongSupplier clock) {}

  private final Shared shared;
  private final List<TieredCache<?>> all = new CopyOnWriteArrayList<>();

  private Caches(Shared shared) {
    this.shared = shared;
    shared.invalidations().onNewHistory(() -> all.forEach(TieredCache::clearLocal));
  }

  /** Caches in process alone. */
  public static Caches local(
      Invalidations invalidations, LoadSettings loads, CacheListener listener) {
    return of(invalidations, null, loads, listener, System::currentTimeMillis);
  }

  /** Caches in process and in Redis. */
  public static Caches tiered(
      Invalidations invalidations,
      RedisConnection redis,
      LoadSettings loads,
      CacheListener listener) {
    return of(invalidations, new RedisTier(redis), loads, listener, System::currentTimeMillis);
  }

  static Caches of(
      Invalidations invalidations,
      @Nullable RedisTier redis,
      LoadSettings loads,
      CacheListener listener,
      LongSupplier clock) {
    return new Caches(
        new Shared(
            invalidations, redis, loads, new Semaphore(loads.loadsMax(), true), listener, clock));
  }

  /** A new cache; its name must not have been given to another. */
  public <V> TieredCache<V> cache(CacheSettings settings, Codec<V> codec) {
    if (all.stream().anyMatch(cache -> cache.settings().name().equals(settings.name()))) {
      throw new IllegalArgumentException("a cache of this name exists: " + settings.name());
    }
    TieredCache<V> cache = new TieredCache<>(settings, codec, shared);
    all.add(cache);
    return cache;
  }

  public List<TieredCache<?>> all() {
    return List.copyOf(all);
  }

  public Invalidations invalidations() {
    return shared.invalidations();
  }

  /** The state of the circuit breaker before Redis; empty without Redis. */
  public Optional<CircuitBreaker.State> redisState() {
    return Optional.ofNullable(shared.redis()).map(RedisTier::state);
  }
}
