package dev.tideline.cache;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keys that are loaded together, and what is known of each so far. Used by one thread at a time.
 */
final class Batch<V> {

  private final Map<String, Flight<V>> flights;
  private final Freshness freshness;
  private final BatchLoader<V> loader;
  private final Map<String, Verdict> redisVerdicts = new HashMap<>();
  private final Map<String, String> leases = new HashMap<>();

  Batch(Map<String, Flight<V>> flights, Freshness freshness, BatchLoader<V> loader) {
    this.flights = flights;
    this.freshness = freshness;
    this.loader = loader;
  }

  Map<String, Flight<V>> flights() {
    return flights;
  }

  /** The keys that have not landed. */
  List<String> open() {
    return Flights.open(flights);
  }

  Freshness freshness() {
    return freshness;
  }

  BatchLoader<V> loader() {
    return loader;
  }

  void found(String key, Verdict inRedis) {
    redisVerdicts.put(key, inRedis);
  }

  /** Null if Redis was not asked. */
  @Nullable Verdict redisVerdict(String key) {
    return redisVerdicts.get(key);
  }

  void leased(String key, String id) {
    leases.put(key, id);
  }

  /** Takes the lease out: whoever takes it gives it back. */
  @Nullable String takeLease(String key) {
    return leases.remove(key);
  }
}
