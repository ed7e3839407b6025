package dev.tideline.cache;

import dev.tideline.cache.CacheRequest.Lookup;
import dev.tideline.cache.Cached.Source;
import dev.tideline.cache.Flight.Landing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A cache in process before one in Redis before whoever loads. An entry is served only while none
 * of its tags has been invalidated since it was read, so a fill that lost a race against a write
 * does no harm: it is found out when it is read.
 *
 * <p>What many ask for at the same time is loaded once, in the instance and, while Redis is there,
 * in all of them. Thread-safe.
 *
 * @param <V> what it keeps; must not be changed
 */
public final class TieredCache<V> {

  /** Who was given what others had begun before they came, and may not use it, joins once more. */
  private static final int JOINS_MAX = 2;

  private final CacheSettings settings;
  private final OpenTag open;
  private final Caches.Shared shared;
  private final LocalTier<V> local;
  private final Counters counters;
  private final HitRateCurve curve;
  private final Loads<V> loads;

  TieredCache(CacheSettings settings, Codec<V> codec, Caches.Shared shared) {
    this.settings = settings;
    this.open = settings.openTag();
    this.shared = shared;
    this.local = new LocalTier<>(settings.localBytes(), shared.clock());
    this.counters = new Counters(settings.name(), shared.listener());
    this.curve = new HitRateCurve(settings.localBytes());
    this.loads = new Loads<>(settings, codec, shared, local, this::judge, counters);
  }

  public CacheSettings settings() {
    return settings;
  }

  /** What is kept of a key, else what is loaded. */
  public Cached<V> get(String key, CacheRequest request, Loader<V> loader) {
    Freshness freshness = request.freshness();
    if (request.isExplaining()) {
      return explained(key, request);
    }
    if (goesBy(freshness)) {
      return bypassed(key, request, loads.alone(key, freshness, loader));
    }
    Entry<V> held = local.find(key);
    Verdict verdict = judged(held, request);
    counters.asked(Tier.LOCAL, verdict);
    if (held != null && verdict.isHit()) {
      if (held.isWarmed() && !request.isWarming()) {
        counters.warmedHit();
      }
      if (held.isDueEarly(now())) {
        loads.refresh(key, loader);
      }
      return answer(request, held, verdict, null, Source.LOCAL);
    }
    drop(held, verdict);
    boolean mayStandIn =
        held != null && verdict.mayServeStale() && now() < held.times().keptUntil();
    Entry<V> stale = mayStandIn ? held : null;
    Landing<V> landed = await(key, request, loader, stale);
    return answer(request, landed.entry(), verdict, landed.redisVerdict(), landed.source());
  }

  /** The same for several keys, whose misses are loaded together; without keys that were not. */
  public Map<String, Cached<V>> getAll(
      Collection<String> keys, CacheRequest request, BatchLoader<V> loader) {
    Freshness freshness = request.freshness();
    if (request.isExplaining()) {
      Map<String, Cached<V>> explained = new LinkedHashMap<>();
      keys.forEach(key -> explained.put(key, explained(key, request)));
      return explained;
    }
    Map<String, Landing<V>> found = new LinkedHashMap<>();
    Verdict firstMiss = null;
    List<String> missing = new ArrayList<>();
    boolean bypass = goesBy(freshness);
    for (String key : keys) {
      Entry<V> held = bypass ? null : local.find(key);
      Verdict verdict = bypass ? Verdict.BEHIND : judged(held, request);
      counters.asked(Tier.LOCAL, verdict);
      if (held != null && verdict.isHit()) {
        found.put(key, new Landing<>(held, Source.LOCAL, null));
      } else {
        drop(held, verdict);
        firstMiss = firstMiss == null ? verdict : firstMiss;
        missing.add(key);
      }
    }
    int inProcess = found.size();
    if (!missing.isEmpty()) {
      found.putAll(
          bypass ? loads.allAlone(missing, freshness, loader) : awaitAll(missing, request, loader));
    }
    return answers(keys, request, found, inProcess, firstMiss);
  }

  private Map<String, Cached<V>> answers(
      Collection<String> keys,
      CacheRequest request,
      Map<String, Landing<V>> found,
      int inProcess,
      @Nullable Verdict firstMiss) {
    Map<String, Cached<V>> answers = new LinkedHashMap<>();
    int redis = 0;
    Source furthest = Source.LOCAL;
    Verdict redisVerdict = null;
    long freshUntil = Long.MAX_VALUE;
    for (Map.Entry<String, Landing<V>> one : found.entrySet()) {
      Landing<V> landed = one.getValue();
      answers.put(one.getKey(), new Cached<>(landed.entry().value(), landed.source()));
      answered(
          request,
          landed.entry(),
          landed.source(),
          landed.source() == Source.LOCAL ? Verdict.HIT : Verdict.MISSING);
      redis += landed.source() == Source.REDIS ? 1 : 0;
      furthest = landed.source().compareTo(furthest) > 0 ? landed.source() : furthest;
      Verdict verdict = landed.redisVerdict();
      redisVerdict =
          redisVerdict == null || (redisVerdict.isHit() && verdict != null)
              ? verdict
              : redisVerdict;
      freshUntil = Math.min(freshUntil, landed.entry().times().freshUntil());
    }
    if (!keys.isEmpty()) {
      request.looked(
          new Lookup(
              settings.name(),
              keys.iterator().next(),
              keys.size(),
              inProcess,
              redis,
              firstMiss == null ? Verdict.HIT : firstMiss,
              redisVerdict,
              furthest,
              Math.max(0, freshUntil - now())));
    }
    return answers;
  }

  /** Keeps a value that has just been loaded with others. */
  public void put(String key, Loaded<V> loaded) {
    loads.keep(key, loaded, now());
  }

  /**
   * Whether a request is none of the caches' business: strong ones, and other histories' places.
   */
  private boolean goesBy(Freshness freshness) {
    return switch (freshness) {
      case Freshness.Eventual() -> false;
      case Freshness.Uncached() -> true;
      case Freshness.AtLeast(List<Stamp> places) ->
          shared.invalidations().history().goal(places) < 0;
    };
  }

  /** The verdict; where a write that is asked for may be missing, after a look at the log. */
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

  private Landing<V> await(
      String key, CacheRequest request, Loader<V> loader, @Nullable Entry<V> stale) {
    Freshness freshness = request.freshness();
    long arrived = System.nanoTime();
    for (int join = 0; join < JOINS_MAX; join++) {
      Loads.Joined<V> joined = loads.join(key, freshness, loader, stale == null);
      Landing<V> landed = await(joined.flight(), request, stale);
      if (joined.mine() || landed.source() == Source.STALE) {
        return landed;
      }
      if (mayShare(joined.flight(), landed.entry(), freshness, arrived)) {
        return shared(landed);
      }
      counters.joinRejected();
    }
    return loads.alone(key, freshness, loader);
  }

  private static <V> Landing<V> shared(Landing<V> landed) {
    Source source = landed.source() == Source.LOADED ? Source.SHARED : landed.source();
    return new Landing<>(landed.entry(), source, landed.redisVerdict());
  }

  /**
   * Whether somebody else's load will do: it is a valid entry, or it began since this request came
   * and shows what is asked for, so that a load of its own could find nothing else.
   */
  private boolean mayShare(Flight<V> flight, Entry<V> entry, Freshness freshness, long arrived) {
    if (judge(entry, freshness).isHit()) {
      return true;
    }
    return flight.beganSince(arrived)
        && switch (freshness) {
          case Freshness.Eventual() -> true;
          case Freshness.Uncached() -> false;
          case Freshness.AtLeast(List<Stamp> places) -> reaches(entry.stamp(), places);
        };
  }

  private static boolean reaches(Stamp stamp, List<Stamp> places) {
    return places.stream()
        .allMatch(place ->
            place.isKnown()
                && place.epoch().equals(stamp.epoch())
                && stamp.position() >= place.position());
  }

  private Map<String, Landing<V>> awaitAll(
      List<String> keys, CacheRequest request, BatchLoader<V> loader) {
    Freshness freshness = request.freshness();
    long arrived = System.nanoTime();
    Map<String, Landing<V>> found = new LinkedHashMap<>();
    List<String> refused = new ArrayList<>();
    loads
        .joinAll(keys, freshness, loader)
        .forEach((key, joined) -> {
          Landing<V> landed = awaitPart(joined, request);
          if (landed == null) {
            return; // the loader knows nothing of it
          }
          if (joined.mine() || mayShare(joined.flight(), landed.entry(), freshness, arrived)) {
            found.put(key, joined.mine() ? landed : shared(landed));
          } else {
            counters.joinRejected();
            refused.add(key);
          }
        });
    if (!refused.isEmpty()) {
      found.putAll(loads.allAlone(refused, freshness, loader));
    }
    return found;
  }

  private @Nullable Landing<V> awaitPart(Loads.Joined<V> joined, CacheRequest request) {
    try {
      return await(joined.flight(), request, null);
    } catch (Loads.NotLoadedException e) {
      return null;
    }
  }

  /** Waits for a load; for a request that may be answered staler, not for long. */
  private Landing<V> await(Flight<V> flight, CacheRequest request, @Nullable Entry<V> stale) {
    Caches.LoadSettings bounds = shared.loads();
    if (stale == null || !(request.freshness() instanceof Freshness.Eventual)) {
      return landing(flight, bounds.hardTimeout());
    }
    try {
      return landing(flight, bounds.softTimeout());
    } catch (RuntimeException e) {
      return stale(stale, request); // the listener has heard of the failure
    }
  }

  private Landing<V> landing(Flight<V> flight, Duration wait) {
    try {
      return flight.landing().get(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new CacheException(
          "%s: not loaded within %d ms".formatted(settings.name(), wait.toMillis()), e);
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

  private Cached<V> bypassed(String key, CacheRequest request, Landing<V> landed) {
    counters.asked(Tier.LOCAL, Verdict.BEHIND);
    request.looked(
        new Lookup(settings.name(), key, 1, 0, 0, Verdict.BEHIND, null, Source.LOADED, 0));
    answered(request, landed.entry(), Source.LOADED, Verdict.BEHIND);
    return new Cached<>(landed.entry().value(), Source.LOADED);
  }

  private Cached<V> answer(
      CacheRequest request,
      Entry<V> entry,
      Verdict localVerdict,
      @Nullable Verdict redisVerdict,
      Source source) {
    answered(request, entry, source, localVerdict);
    request.looked(
        new Lookup(
            settings.name(),
            entry.key(),
            1,
            source == Source.LOCAL ? 1 : 0,
            source == Source.REDIS ? 1 : 0,
            localVerdict,
            redisVerdict,
            source,
            Math.max(0, entry.times().freshUntil() - now())));
    return new Cached<>(entry.value(), source);
  }

  /** Tells what is there; goes on only if that would be served. */
  private Cached<V> explained(String key, CacheRequest request) {
    Entry<V> held = local.find(key);
    Loads.Glimpse<V> glimpse = loads.glimpse(key, request.freshness());
    Peek peek = peek(key, request.freshness(), held, glimpse);
    request.peeked(peek);
    if (held != null && peek.local().isHit()) {
      return new Cached<>(held.value(), Source.LOCAL);
    }
    Entry<V> remote = glimpse.entry();
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
      request.dependsOn(entry.tags());
    }
    counters.answered(source);
  }

  /** What would be said of a key now, without loading it. */
  public Peek peek(String key, Freshness freshness) {
    return peek(key, freshness, local.find(key), loads.glimpse(key, freshness));
  }

  private Peek peek(
      String key, Freshness freshness, @Nullable Entry<V> held, Loads.Glimpse<V> glimpse) {
    Verdict verdict = goesBy(freshness) ? Verdict.BEHIND : judge(held, freshness);
    Entry<V> shown = held == null ? glimpse.entry() : held;
    return new Peek(
        settings.name(),
        key,
        verdict,
        glimpse.verdict(),
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
   * @param ttlMillis until it is read anew; negative if that is overdue
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
