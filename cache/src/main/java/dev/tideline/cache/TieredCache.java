package dev.tideline.cache;

import dev.tideline.cache.CacheRequest.Lookup;
import dev.tideline.cache.Cached.Source;
import dev.tideline.cache.Flight.Landing;
import dev.tideline.cache.Flights.Joined;
import dev.tideline.cache.RedisEntries.Found;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A cache in process, in front of one in Redis, in front of a loader. An entry is served only if
 * none of its tags has been invalidated since it was read, so a fill that lost a race against a
 * write does no harm: the entry is rejected when it is looked up.
 *
 * <p>Concurrent requests for a key cause one load in the instance and, while Redis is available,
 * one in all instances. Thread-safe.
 *
 * @param <V> the type of values, which must not be modified
 */
public final class TieredCache<V> {

  /** A caller that joined a load which began too early joins another one. */
  private static final int JOINS_MAX = 2;

  private final CacheSettings settings;
  private final OpenTag open;
  private final Caches.Shared shared;
  private final LocalTier<V> local;
  private final Counters counters;
  private final HitRateCurve curve;
  private final @Nullable RedisEntries<V> remote;
  private final Loads<V> loads;

  TieredCache(CacheSettings settings, Codec<V> codec, Caches.Shared shared) {
    this.settings = settings;
    this.open = settings.openTag();
    this.shared = shared;
    this.local = new LocalTier<>(settings.localBytes(), shared.clock());
    this.counters = new Counters(settings.name(), shared.listener());
    this.curve = new HitRateCurve(settings.localBytes());
    RedisTier redis = settings.shared() ? shared.redis() : null;
    this.remote =
        redis == null
            ? null
            : new RedisEntries<>(
                settings, codec, redis, shared.invalidations(), shared.clock(), this::judge);
    this.loads = new Loads<>(settings, codec, shared, local, remote, counters);
  }

  public CacheSettings settings() {
    return settings;
  }

  /** What is kept of a key, else what is loaded. */
  public Cached<V> get(String key, CacheRequest request, Loader<V> loader) {
    if (request.isExplaining()) {
      return explained(key, request);
    }
    BatchLoader<V> ofOne = BatchLoader.of(loader);
    boolean bypass = bypasses(request.freshness());
    Look<V> look = look(key, request, bypass, ofOne);
    Entry<V> hit = look.hit();
    if (hit != null) { // what most requests do, without a collection
      answered(request, hit, Source.LOCAL, look.verdict());
      request.looked(
          new Lookup(
              settings.name(), key, 1, 1, 0, look.verdict(), null, Source.LOCAL, ttlMillis(hit)));
      return new Cached<>(hit.value(), Source.LOCAL);
    }
    List<Look<V>> looks = List.of(look);
    Cached<V> answer =
        answers(looks, request, bypass, load(looks, request, bypass, ofOne)).get(key);
    if (answer == null) {
      throw new IllegalStateException(settings.name() + ": the loader answered another key");
    }
    return answer;
  }

  /** The same for several keys, whose misses are loaded together; without keys that were not. */
  public Map<String, Cached<V>> getAll(
      Collection<String> keys, CacheRequest request, BatchLoader<V> loader) {
    if (request.isExplaining()) {
      Map<String, Cached<V>> explained = new LinkedHashMap<>();
      keys.forEach(key -> explained.put(key, explained(key, request)));
      return explained;
    }
    boolean bypass = bypasses(request.freshness());
    List<Look<V>> looks = new ArrayList<>(keys.size());
    for (String key : keys) {
      looks.add(look(key, request, bypass, loader));
    }
    List<Look<V>> misses = looks.stream().filter(look -> look.hit() == null).toList();
    Map<String, Landing<V>> loaded =
        misses.isEmpty() ? Map.of() : load(misses, request, bypass, loader);
    return answers(looks, request, bypass, loaded);
  }

  /** What was found of a key in process. */
  private record Look<V>(String key, @Nullable Entry<V> held, Verdict verdict) {

    @Nullable Entry<V> hit() {
      return verdict.isHit() ? held : null;
    }

    /** What may be served in place of an answer that is late or cannot be had. */
    @Nullable Entry<V> standIn(long now) {
      return held != null && verdict.mayServeStale() && now < held.times().keptUntil()
          ? held
          : null;
    }
  }

  private Look<V> look(String key, CacheRequest request, boolean bypass, BatchLoader<V> loader) {
    if (bypass) {
      counters.asked(Tier.LOCAL, Verdict.BEHIND);
      return new Look<>(key, null, Verdict.BEHIND);
    }
    Entry<V> held = local.find(key);
    Verdict verdict = judged(held, request);
    counters.asked(Tier.LOCAL, verdict);
    if (held != null && verdict.isHit()) {
      if (held.isWarmed() && !request.isWarming()) {
        counters.warmedHit();
      }
      if (held.isDueEarly(now())) {
        loads.refresh(List.of(key), loader);
      }
    } else {
      drop(held, verdict);
    }
    return new Look<>(key, held, verdict);
  }

  private Map<String, Cached<V>> answers(
      List<Look<V>> looks, CacheRequest request, boolean bypass, Map<String, Landing<V>> loaded) {
    Map<String, Cached<V>> answers = new LinkedHashMap<>();
    Verdict localVerdict = null;
    Verdict redisVerdict = null;
    int inProcess = 0;
    int inRedis = 0;
    Source furthest = Source.LOCAL;
    long ttl = Long.MAX_VALUE;
    for (Look<V> look : looks) {
      Entry<V> hit = look.hit();
      Landing<V> landed =
          hit == null ? loaded.get(look.key()) : new Landing<>(hit, Source.LOCAL, null);
      if (localVerdict == null || (localVerdict.isHit() && hit == null)) {
        localVerdict = look.verdict();
      }
      if (landed == null) {
        continue; // the loader knows nothing of it
      }
      answers.put(look.key(), new Cached<>(landed.entry().value(), landed.source()));
      answered(request, landed.entry(), landed.source(), look.verdict());
      inProcess += hit == null ? 0 : 1;
      inRedis += landed.source() == Source.REDIS ? 1 : 0;
      furthest = landed.source().compareTo(furthest) > 0 ? landed.source() : furthest;
      if (redisVerdict == null || (redisVerdict.isHit() && landed.redisVerdict() != null)) {
        redisVerdict = landed.redisVerdict();
      }
      ttl = Math.min(ttl, bypass ? 0 : ttlMillis(landed.entry()));
    }
    if (localVerdict != null) {
      request.looked(
          new Lookup(
              settings.name(),
              looks.getFirst().key(),
              looks.size(),
              inProcess,
              inRedis,
              localVerdict,
              redisVerdict,
              furthest,
              ttl == Long.MAX_VALUE ? 0 : ttl));
    }
    return answers;
  }

  private long ttlMillis(Entry<V> entry) {
    return Math.max(0, entry.times().freshUntil() - now());
  }

  /** Keeps a value that has just been loaded with others. */
  public void put(String key, Loaded<V> loaded) {
    loads.keep(key, loaded, now());
  }

  /** Whether a request bypasses the caches: strong requests, and positions of other histories. */
  private boolean bypasses(Freshness freshness) {
    return switch (freshness) {
      case Freshness.Eventual() -> false;
      case Freshness.Uncached() -> true;
      case Freshness.AtLeast(List<Stamp> positions) ->
          shared.invalidations().history().goal(positions) < 0;
    };
  }

  /** The verdict; if a required write may be missing, the log is read first. */
  private Verdict judged(@Nullable Entry<V> held, CacheRequest request) {
    Verdict verdict = judge(held, request.freshness());
    if (verdict == Verdict.BEHIND && request.mayCatchUp()) {
      shared.invalidations().catchUp();
      verdict = judge(held, request.freshness());
    }
    return verdict;
  }

  private Verdict judge(@Nullable Entry<V> entry, Freshness freshness) {
    if (entry == null) {
      return Verdict.MISSING;
    }
    long now = now();
    Verdict verdict = shared.invalidations().history().judge(entry, freshness, open, now);
    if (!verdict.isHit()) {
      return verdict;
    }
    if (!entry.isFresh(now)) {
      return Verdict.EXPIRED;
    }
    return shared.invalidations().isSilent() ? Verdict.UNSURE : verdict;
  }

  /** What can never be valid again need not be kept. */
  private void drop(@Nullable Entry<V> held, Verdict verdict) {
    if (held == null) {
      return;
    }
    switch (verdict) {
      case STALE, BELOW_FLOOR, OTHER_EPOCH -> local.remove(held.key(), held);
      case HIT, HIT_BY_STAMP, HIT_BY_HORIZON, SERVED_STALE, MISSING -> {}
      case EXPIRED, CLOSED, BEHIND, BEYOND_KNOWN, UNSURE, AWAY, MALFORMED -> {}
    }
  }

  /** Joins the loads of what was not found in process, and waits for them. */
  private Map<String, Landing<V>> load(
      List<Look<V>> misses, CacheRequest request, boolean bypass, BatchLoader<V> loader) {
    Freshness freshness = request.freshness();
    Map<String, Look<V>> open = new LinkedHashMap<>();
    misses.forEach(look -> open.put(look.key(), look));
    if (bypass) {
      return loads.alone(open.keySet(), freshness, loader);
    }
    long arrived = System.nanoTime();
    boolean patient = misses.stream().allMatch(look -> look.standIn(now()) == null);
    Map<String, Landing<V>> landed = new LinkedHashMap<>();
    for (int join = 0; join < JOINS_MAX && !open.isEmpty(); join++) {
      long begun = System.nanoTime();
      Map<String, Joined<V>> joined =
          loads.join(List.copyOf(open.keySet()), freshness, loader, patient);
      for (Map.Entry<String, Joined<V>> one : joined.entrySet()) {
        String key = one.getKey();
        Joined<V> load = one.getValue();
        Look<V> look = Objects.requireNonNull(open.remove(key));
        Landing<V> answer = await(load.flight(), request, look.standIn(now()), begun);
        if (answer == null) {
          continue; // the loader knows nothing of it
        }
        if (load.mine() || answer.source() == Source.STALE) {
          landed.put(key, answer);
        } else if (mayShare(load.flight(), answer.entry(), freshness, arrived)) {
          landed.put(key, shared(answer));
        } else {
          counters.joinRejected();
          open.put(key, look);
        }
      }
    }
    if (!open.isEmpty()) {
      landed.putAll(loads.alone(open.keySet(), freshness, loader));
    }
    return landed;
  }

  private static <V> Landing<V> shared(Landing<V> landed) {
    Source source = landed.source() == Source.LOADED ? Source.SHARED : landed.source();
    return new Landing<>(landed.entry(), source, landed.redisVerdict());
  }

  /**
   * Whether the result of another caller's load may be used: it is a valid entry, or the load began
   * after this request arrived and shows the required writes, so that a load by this request could
   * not find anything else.
   */
  private boolean mayShare(Flight<V> flight, Entry<V> entry, Freshness freshness, long arrived) {
    if (judge(entry, freshness).isHit()) {
      return true;
    }
    return flight.beganSince(arrived)
        && switch (freshness) {
          case Freshness.Eventual() -> true;
          case Freshness.Uncached() -> false;
          case Freshness.AtLeast(List<Stamp> positions) -> reaches(entry.stamp(), positions);
        };
  }

  private static boolean reaches(Stamp stamp, List<Stamp> positions) {
    return positions.stream()
        .allMatch(place ->
            place.isKnown()
                && place.epoch().equals(stamp.epoch())
                && stamp.position() >= place.position());
  }

  /**
   * Waits for a load; for a request that may be answered staler, not for long.
   *
   * @return null if the loader knows nothing of the key
   */
  private @Nullable Landing<V> await(
      Flight<V> flight, CacheRequest request, @Nullable Entry<V> standIn, long begun) {
    Caches.LoadSettings bounds = shared.loads();
    try {
      if (standIn == null || !(request.freshness() instanceof Freshness.Eventual)) {
        return landing(flight, bounds.hardTimeout(), begun);
      }
      try {
        return landing(flight, bounds.softTimeout(), begun);
      } catch (RuntimeException e) {
        return stale(standIn, request); // the listener was told of the failure
      }
    } catch (Loads.NotLoadedException e) {
      return null;
    }
  }

  private Landing<V> landing(Flight<V> flight, Duration timeout, long begun) {
    try {
      long left = timeout.toNanos() - (System.nanoTime() - begun);
      return flight.landing().get(Math.max(0, left), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new CacheException(
          "%s: not loaded within %d ms".formatted(settings.name(), timeout.toMillis()), e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(settings.name() + ": the load failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CacheException(settings.name() + ": interrupted", e);
    }
  }

  private Landing<V> stale(Entry<V> stale, CacheRequest request) {
    counters.asked(Tier.LOCAL, Verdict.SERVED_STALE);
    long pastIts = now() - stale.times().freshUntil();
    request.servedStale(Math.max(pastIts, shared.invalidations().silence().toMillis()));
    return new Landing<>(stale, Source.STALE, null);
  }

  /** Tells what is there; goes on only if that would be served. */
  private Cached<V> explained(String key, CacheRequest request) {
    Entry<V> held = local.find(key);
    Found<V> found = inRedis(key, request.freshness());
    Peek peek = peek(key, request.freshness(), held, found);
    request.peeked(peek);
    if (held != null && peek.local().isHit()) {
      return new Cached<>(held.value(), Source.LOCAL);
    }
    Entry<V> remote = found == null ? null : found.entry();
    if (remote != null && peek.redis() != null && peek.redis().isHit()) {
      return new Cached<>(remote.value(), Source.REDIS);
    }
    throw new CacheRequest.NotCachedException(settings.name() + ":" + key);
  }

  /**
   * An answer was given.
   *
   * @param verdict what became of looking in process
   */
  private void answered(CacheRequest request, Entry<V> entry, Source source, Verdict verdict) {
    if (HitRateCurve.follows(entry.key())) {
      curve.access(
          entry.key(),
          LocalTier.weight(entry.key(), entry),
          verdict.isHit() || verdict == Verdict.MISSING);
    }
    if (request.isWarming() && source != Source.LOCAL) {
      entry.markWarmed();
      counters.warmed();
    }
    if (settings.named()) {
      request.dependsOn(entry.tags(), settings.anyTag());
    }
    counters.answered(source);
  }

  /** What Redis has of a key; null if there is no Redis. */
  private @Nullable Found<V> inRedis(String key, Freshness freshness) {
    return remote == null ? null : remote.find(List.of(key), freshness).get(key);
  }

  /** What would be said of a key now, without loading it. */
  public Peek peek(String key, Freshness freshness) {
    return peek(key, freshness, local.find(key), inRedis(key, freshness));
  }

  private Peek peek(
      String key, Freshness freshness, @Nullable Entry<V> held, @Nullable Found<V> found) {
    Verdict verdict = bypasses(freshness) ? Verdict.BEHIND : judge(held, freshness);
    Entry<V> remote = found == null ? null : found.entry();
    Entry<V> shown = held == null ? remote : held;
    return new Peek(
        settings.name(),
        key,
        verdict,
        found == null ? null : found.verdict(),
        shown == null ? List.of() : shown.tags(),
        shown == null ? Stamp.UNKNOWN : shown.stamp(),
        shown == null ? 0 : now() - shown.times().readAt(),
        shown == null ? 0 : shown.times().freshUntil() - now(),
        shown == null ? 0 : shown.bytes());
  }

  /**
   * What is known of a key.
   *
   * @param redis null if there is no Redis
   * @param ttlMillis until it is loaded again; negative if that is overdue
   */
  public record Peek(
      String cache,
      String key,
      Verdict local,
      @Nullable Verdict redis,
      List<String> tags,
      Stamp stamp,
      long ageMillis,
      long ttlMillis,
      int bytes) {}

  /** What it has done so far. */
  public CacheStats stats() {
    return new CacheStats(
        settings,
        local.size(),
        local.bytes(),
        settings.localBytes(),
        local.evictions(),
        counters.verdicts(),
        counters.loads(),
        counters.loadMillis(),
        curve.hitRate(0),
        curve.hitRate(1),
        curve.hitRate(2));
  }

  void clearLocal() {
    local.clear();
  }

  private long now() {
    return shared.clock().getAsLong();
  }
}
