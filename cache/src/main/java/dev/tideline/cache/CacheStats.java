package dev.tideline.cache;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a cache has done since it was made.
 *
 * @param entries in process now
 * @param bytes that they take, of {@code bytesMax}
 * @param evictions for want of room
 * @param verdicts by tier, how often each was given
 * @param loads how often was loaded
 * @param loadMillis how long a load took on average
 * @param halfSize the hit rate in process, estimated for half the size
 * @param sameSize the same for the size it has, to compare the estimates with
 * @param doubleSize the same for twice the size
 */
public record CacheStats(
    CacheSettings settings,
    long entries,
    long bytes,
    long bytesMax,
    long evictions,
    Map<Tier, Map<Verdict, Long>> verdicts,
    long loads,
    double loadMillis,
    OptionalDouble halfSize,
    OptionalDouble sameSize,
    OptionalDouble doubleSize) {

  /** Hits in parts of requests of a tier; empty without requests. */
  public OptionalDouble hitRate(Tier tier) {
    long all = 0;
    long hits = 0;
    for (Map.Entry<Verdict, Long> one : verdicts.getOrDefault(tier, Map.of()).entrySet()) {
      all += one.getValue();
      hits += one.getKey().isHit() ? one.getValue() : 0;
    }
    return all == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) hits / all);
  }
}
