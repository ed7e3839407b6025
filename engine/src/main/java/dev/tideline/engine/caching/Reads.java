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
 * What one request asks of databases and of caches, and what they turned out to be. Thread-safe;
 * made anew for each request.
 *
 * @param sql for what is read from databases directly
 * @param cache for what may come from caches
 */
public record Reads(ReadContext sql, CacheRequest cache) {

  public static Reads of(ReadContext sql) {
    return new Reads(sql, new CacheRequest(freshness(sql.consistency())));
  }

  public static Reads eventual() {
    return of(ReadContext.eventual());
  }

  /** The same, but nothing is loaded that is not cached. */
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
      case Freshness.AtLeast(List<Stamp> places) ->
          ReadContext.atLeast(places.stream().map(Reads::position).toList()).stamped();
    };
  }

  private static Stamp stamp(Position position) {
    return new Stamp(position.epoch(), position.lsn());
  }

  /** Reads of databases that make an entry. */
  @FunctionalInterface
  public interface Read<V> {
    /** Reads; the stamp of what it answers is added. */
    Loaded<V> read(ReadContext stamped);
  }

  /** A loader for this request: what it reads is as fresh as asked, and stamped. */
  public <V> Loader<V> loader(Read<V> read) {
    return freshness -> {
      ReadContext loading = loading(freshness);
      Loaded<V> found = read.read(loading);
      sql.add(loading);
      return found.at(stamp(loading.stamp()));
    };
  }

  /** Reads of several at once. */
  @FunctionalInterface
  public interface BatchRead<V> {
    Map<String, V> read(List<String> keys, ReadContext stamped);
  }

  /** Tags of one of several, by its key. */
  @FunctionalInterface
  public interface TagsOfKey {
    Set<String> tags(String key);
  }

  /** A loader of several; what the read does not answer is remembered as missing. */
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

  /** The place of what was read so. */
  public static Stamp stampOf(ReadContext stamped) {
    return stamp(stamped.stamp());
  }

  private static Position position(Stamp stamp) {
    return new Position(stamp.epoch(), stamp.position());
  }

  /** By how much the answer is older than its class promises; zero if it is not. */
  public Duration staleness() {
    Duration cached = cache.staleness();
    Duration read = sql.staleness();
    return cached.compareTo(read) > 0 ? cached : read;
  }
}
