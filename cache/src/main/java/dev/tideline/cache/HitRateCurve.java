package dev.tideline.cache;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Estimates what the hit rate of a tier would be if it were half or twice as large: a small part of
 * the keys, chosen by their hash, is followed in simulated caches that are smaller in the same
 * proportion. "Efficient MRC Construction with SHARDS" (Waldspurger, Park, Garthwaite, Ahmad, FAST
 * 2015). They are emptied of the least recently used, which W-TinyLFU does no worse than.
 * Thread-safe.
 */
final class HitRateCurve {

  /** One key in this many is sampled. */
  private static final int SAMPLED = 16;

  private static final double[] SIZES = {0.5, 1, 2};

  /** A simulated cache: what each key takes, the least recently used first. */
  private static final class Simulated {
    private final Map<String, Integer> bytes = new LinkedHashMap<>(16, 0.75f, true);
    private final long bytesMax;
    private long taken;
    private long hits;

    Simulated(long bytesMax) {
      this.bytesMax = bytesMax;
    }

    void access(String key, int size, boolean valid) {
      Integer held = bytes.put(key, size);
      hits += held != null && valid ? 1 : 0;
      taken += size - (held == null ? 0 : held);
      var eldest = bytes.entrySet().iterator();
      while (taken > bytesMax && eldest.hasNext()) {
        taken -= eldest.next().getValue();
        eldest.remove();
      }
    }
  }

  private final Simulated[] simulated = new Simulated[SIZES.length];
  private long requests;

  HitRateCurve(long bytesMax) {
    for (int i = 0; i < SIZES.length; i++) {
      simulated[i] = new Simulated(Math.round(bytesMax * SIZES[i] / SAMPLED));
    }
  }

  /** Whether a key is one of those that are followed. */
  static boolean follows(String key) {
    return (key.hashCode() * 0x9E3779B1) >>> 28 == 0;
  }

  /**
   * Records a lookup of a key.
   *
   * @param size what its entry takes
   * @param valid whether an entry, if one was held, was fit to be served
   */
  synchronized void access(String key, int size, boolean valid) {
    requests++;
    for (Simulated one : simulated) {
      one.access(key, size, valid);
    }
  }

  /** The rate at half, the same and twice the size: 0, 1 and 2; empty without requests. */
  synchronized OptionalDouble hitRate(int size) {
    return requests == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) simulated[size].hits / requests);
  }
}
