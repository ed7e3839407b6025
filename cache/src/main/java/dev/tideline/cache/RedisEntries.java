package dev.tideline.cache;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What Redis keeps of one cache. What others have put there is not believed unseen. Thread-safe.
 */
final class RedisEntries<V> {

  /** Judges entries as the cache does. */
  @FunctionalInterface
  interface Judge<V> {
    Verdict judge(@Nullable Entry<V> entry, Freshness freshness);
  }

  /** What was found under a key, and whether it may be served. */
  record Found<V>(@Nullable Entry<V> entry, Verdict verdict) {}

  private final CacheSettings settings;
  private final WireFormat<V> format;
  private final RedisTier redis;
  private final Invalidations known;
  private final LongSupplier clock;
  private final Judge<V> judge;

  RedisEntries(
      CacheSettings settings,
      Codec<V> codec,
      RedisTier redis,
      Invalidations known,
      LongSupplier clock,
      Judge<V> judge) {
    this.settings = settings;
    this.format = new WireFormat<>(codec);
    this.redis = redis;
    this.known = known;
    this.clock = clock;
    this.judge = judge;
  }

  RedisTier redis() {
    return redis;
  }

  /** The name of a key's entry in the current history. */
  String name(String key) {
    return RedisTier.name(settings.name(), known.history().epoch(), key);
  }

  /** One answer for each key. */
  Map<String, Found<V>> find(Collection<String> keys, Freshness freshness) {
    String epoch = known.history().epoch();
    List<String> names =
        keys.stream().map(key -> RedisTier.name(settings.name(), epoch, key)).toList();
    Optional<List<Optional<ByteBuffer>>> answer = redis.getAll(names);
    Map<String, Found<V>> found = new LinkedHashMap<>();
    if (answer.isEmpty()) {
      keys.forEach(key -> found.put(key, new Found<>(null, Verdict.AWAY)));
      return found;
    }
    List<Entry<V>> entries = new ArrayList<>();
    int at = 0;
    for (String key : keys) {
      Optional<ByteBuffer> bytes = answer.get().get(at++);
      Entry<V> entry = bytes.map(some -> read(key, epoch, some)).orElse(null);
      if (entry == null) {
        Verdict verdict = bytes.isPresent() ? Verdict.MALFORMED : Verdict.MISSING;
        found.put(key, new Found<>(null, verdict));
      } else {
        found.put(key, new Found<>(entry, Verdict.MISSING)); // its verdict follows
        entries.add(entry);
      }
    }
    judgeAll(entries, freshness)
        .forEach((entry, verdict) -> found.put(entry.key(), new Found<>(entry, verdict)));
    return found;
  }

  /**
   * Reads an entry, with its times limited to this instance's settings; null if it is damaged or
   * belongs to another key, and will be overwritten.
   */
  private @Nullable Entry<V> read(String key, String epoch, ByteBuffer bytes) {
    try {
      Entry<V> entry = format.read(new Entry.Name(settings.name(), key), epoch, bytes);
      return entry.with(entry.times().within(settings, clock.getAsLong()));
    } catch (RuntimeException e) {
      return null;
    }
  }

  /**
   * An entry beyond all that is known may be so new that the log has to be read again; one that is
   * still beyond it then is not believed.
   */
  private Map<Entry<V>, Verdict> judgeAll(List<Entry<V>> entries, Freshness freshness) {
    Map<Entry<V>, Verdict> verdicts = new LinkedHashMap<>();
    entries.forEach(entry -> verdicts.put(entry, judge.judge(entry, freshness)));
    if (verdicts.containsValue(Verdict.BEYOND_KNOWN)) {
      known.catchUp();
      entries.forEach(entry -> verdicts.put(entry, judge.judge(entry, freshness)));
    }
    return verdicts;
  }

  /** Keeps an entry if it can be kept, and gives back its lease. */
  void store(Entry<V> entry, @Nullable String lease) {
    if (!entry.stamp().isKnown()) {
      release(entry.key(), lease);
      return;
    }
    byte[] bytes = format.write(entry);
    Duration kept = Duration.ofMillis(entry.times().keptUntil() - clock.getAsLong());
    boolean stored =
        redis.store(entry.redisName(), bytes, kept, lease, known.history().furthest(), false);
    if (!stored && known.catchUp()) {
      redis.store(entry.redisName(), bytes, kept, lease, known.history().furthest(), true);
    } else if (!stored) {
      redis.release(entry.redisName(), lease);
    }
  }

  void release(String key, @Nullable String lease) {
    redis.release(name(key), lease);
  }
}
