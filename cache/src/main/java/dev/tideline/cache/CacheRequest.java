package dev.tideline.cache;

import dev.tideline.cache.Cached.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The requirements of one request on caches, and what they did for it. Thread-safe; created for
 * each request.
 */
public final class CacheRequest {

  private static final int LOOKUPS_MAX = 32;
  private static final int TAGS_MAX = 256;

  /**
   * One look into a cache, for one key or for several.
   *
   * @param key of one; of several, the first
   * @param keys how many
   * @param local how many were found in process
   * @param redis how many were found in Redis
   * @param localVerdict of the first that was not found in process; else of the first
   * @param redisVerdict the same in Redis; null if it was not queried
   * @param source of the one that came from furthest
   * @param ttlMillis until the first of them is loaded again
   */
  public record Lookup(
      String cache,
      String key,
      int keys,
      int local,
      int redis,
      Verdict localVerdict,
      @Nullable Verdict redisVerdict,
      Source source,
      long ttlMillis) {}

  /** Why a request is made. */
  private enum Purpose {
    ANSWER,
    WARM,
    EXPLAIN
  }

  private final Freshness freshness;
  private final Purpose purpose;
  private List<TieredCache.Peek> peeks = List.of();
  private List<Lookup> lookups = List.of();

  /** A set of its own from the second answer on: most requests have one, and this is hot. */
  private Collection<String> tags = List.of();

  private long stalenessMillis;
  private boolean caughtUp;

  public CacheRequest(Freshness freshness) {
    this(freshness, Purpose.ANSWER);
  }

  private CacheRequest(Freshness freshness, Purpose purpose) {
    this.freshness = freshness;
    this.purpose = purpose;
  }

  /** A request of warming: no client waits for its answers. */
  public static CacheRequest warming() {
    return new CacheRequest(Freshness.EVENTUAL, Purpose.WARM);
  }

  /**
   * A request that loads nothing and records what was found: see {@link #peeks}. If an answer would
   * have to be loaded, caches throw {@link NotCachedException}.
   */
  public static CacheRequest explaining(Freshness freshness) {
    return new CacheRequest(freshness, Purpose.EXPLAIN);
  }

  /** The answer is not cached, and must not be loaded. */
  public static final class NotCachedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotCachedException(String key) {
      super(key + " is not cached");
    }
  }

  boolean isWarming() {
    return purpose == Purpose.WARM;
  }

  /** Whether nothing is to be loaded. */
  public boolean isExplaining() {
    return purpose == Purpose.EXPLAIN;
  }

  synchronized void peeked(TieredCache.Peek peek) {
    if (peeks.isEmpty()) {
      peeks = new ArrayList<>();
    }
    if (peeks.size() < LOOKUPS_MAX) {
      peeks.add(peek);
    }
  }

  /** What is known of the keys that were looked for; of an explaining request alone. */
  public synchronized List<TieredCache.Peek> peeks() {
    return List.copyOf(peeks);
  }

  public Freshness freshness() {
    return freshness;
  }

  synchronized void looked(Lookup lookup) {
    if (lookups.isEmpty()) {
      lookups = List.of(lookup);
      return;
    }
    if (lookups.size() == 1) {
      lookups = new ArrayList<>(lookups);
    }
    if (lookups.size() < LOOKUPS_MAX) {
      lookups.add(lookup);
    }
  }

  /**
   * Records that the answer depends on these tags; the collection must not change afterwards.
   *
   * @param anyTag what stands for those that are too many; empty if nothing does
   */
  public synchronized void dependsOn(Collection<String> names, String anyTag) {
    if (tags.isEmpty() && names.size() <= TAGS_MAX) {
      tags = names;
      return;
    }
    if (!(tags instanceof LinkedHashSet)) {
      tags = new LinkedHashSet<>(tags);
    }
    tags.addAll(names);
    if (tags.size() > TAGS_MAX && !anyTag.isEmpty()) {
      tags = List.of(Tags.ALL, anyTag);
    }
  }

  synchronized void servedStale(long millis) {
    stalenessMillis = Math.max(stalenessMillis, millis);
  }

  /** Once for each request the log of invalidations is read for it. */
  synchronized boolean mayCatchUp() {
    boolean may = !caughtUp;
    caughtUp = true;
    return may;
  }

  /** What was looked up, in that order; the first 32. */
  public synchronized List<Lookup> lookups() {
    return List.copyOf(lookups);
  }

  /**
   * Tags of what was found or loaded; over 256 of them the caches' {@link CacheSettings#anyTag}
   * stands for them, if they have one.
   */
  public synchronized Set<String> tags() {
    return new LinkedHashSet<>(tags);
  }

  /** By how much an answer is past its time; zero if it is not. */
  public synchronized Duration staleness() {
    return Duration.ofMillis(stalenessMillis);
  }
}
