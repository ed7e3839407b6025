package dev.tideline.engine.caching;

import dev.tideline.cache.BatchLoader;
import dev.tideline.cache.CacheRequest;
import dev.tideline.cache.Freshness;
import dev.tideline.cache.Loaded;
import dev.tideline.cache.Loader;
import dev.tideline.cache.Stamp;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.route.ReadContext.Consistency;
import dev.tideline.routing.token.Position;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The consistency that one request asks of databases and caches, and the staleness of what it read.
 * Thread-safe; one instance per request.
 *
 * @param sql for reads that go to a database directly
 * @param cache for reads that a cache may answer
 */
public record Reads(ReadContext sql, CacheRequest cache) {

  public static Reads of(ReadContext sql) {
    return new Reads(sql, new CacheRequest(freshness(sql.consistency())));
  }

  public static Reads eventual() {
    return of(ReadContext.eventual());
  }

  /** The same, but entries that are not cached are not loaded. */
  public static Reads explaining(ReadContext sql) {
    return new Reads(sql, CacheRequest.explaining(freshness(sql.consistency())));
  }

  /** The same without caches. */
  public static Reads uncached(ReadContext sql) {
    return new Reads(sql, new CacheRequest(Freshness.UNCACHED));
  }

  private static Freshness freshness(Consistency consistency) {
    return switch (consistency) {
      case Consistency.Eventual() -> Freshness.EVENTUAL;
      case Consistency.AtLeast(List<Position> positions) ->
          new Freshness.AtLeast(positions.stream().map(Reads::stamp).toList());
      case Consistency.Strong() -> Freshness.UNCACHED;
      case Consistency.Furthest() -> Freshness.UNCACHED;
    };
  }

  private ReadContext loading(Freshness freshness) {
    return switch (freshness) {
      case Freshness.Eventual() -> ReadContext.eventual().stamped();
      case Freshness.Uncached() -> sql.stamped();
      case Freshness.AtLeast(List<Stamp> positions) ->
          ReadContext.atLeast(positions.stream().map(Reads::position).toList()).stamped();
    };
  }

  private static Stamp stamp(Position position) {
    return new Stamp(position.epoch(), position.lsn());
  }

  /** Reads the value of a cache entry from a database. */
  @FunctionalInterface
  public interface Read<V> {
    /** Reads the value; the caller adds its stamp. */
    Loaded<V> read(ReadContext stamped);
  }

  /** A loader for this request: its reads are stamped, and as fresh as requested. */
  public <V> Loader<V> loader(Read<V> read) {
    return freshness -> {
      ReadContext loading = loading(freshness);
      Loaded<V> found = read.read(loading);
      sql.add(loading);
      return found.at(stamp(loading.stamp()));
    };
  }

  /** Reads several entries at once. */
  @FunctionalInterface
  public interface BatchRead<V> {
    Map<String, V> read(List<String> keys, ReadContext stamped);
  }

  /** The tags of one entry of a batch, by its key. */
  @FunctionalInterface
  public interface TagsOfKey {
    Set<String> tags(String key);
  }

  /** A loader of several entries; keys that the read does not return are cached as missing. */
  public <V> BatchLoader<V> batchLoader(BatchRead<V> read, TagsOfKey tags) {
    return (keys, freshness) -> {
      ReadContext loading = loading(freshness);
      Map<String, V> values = read.read(keys, loading);
      sql.add(loading);
      Stamp stamp = stamp(loading.stamp());
      Map<String, Loaded<V>> loaded = new LinkedHashMap<>();
      for (String key : keys) {
        loaded.put(key, new Loaded<>(values.get(key), stamp, tags.tags(key)));
      }
      return loaded;
    };
  }

  /** The stamp of a read that used this context. */
  public static Stamp stampOf(ReadContext stamped) {
    return stamp(stamped.stamp());
  }

  private static Position position(Stamp stamp) {
    return new Position(stamp.epoch(), stamp.position());
  }

  /**
   * How much older the answer is than the requested consistency promises; zero if it is not older.
   */
  public Duration staleness() {
    Duration cached = cache.staleness();
    Duration read = sql.staleness();
    return cached.compareTo(read) > 0 ? cached : read;
  }
}
