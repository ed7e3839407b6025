package dev.tideline.cache;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A cached value, with the data that decides whether it may be served. Thread-safe.
 *
 * <p>Times are milliseconds since 1970, because other processes read them; they only decide expiry.
 */
final class Entry<V> {

  /** How early an entry may be reloaded, in units of its load time. */
  private static final double EAGERNESS = 1;

  /** An exponentially distributed time exceeds this multiple of its mean once in 10^13. */
  private static final long EARLY_MAX = 30;

  private final Name name;
  private final @Nullable V value;
  private final Stamp stamp;
  private final List<String> tags;
  private final int[] slots;
  private final Times times;
  private final int bytes;

  /** The last state of the table of tags at which the entry was found valid. */
  private volatile long validAt;

  private volatile boolean warmed;

  /** The name of an entry. */
  record Name(String cache, String key) {}

  /**
   * When an entry was read, and how long it may be used.
   *
   * @param readAt just before the value was read
   * @param loadMillis how long reading took
   * @param freshUntil when it has to be loaded again
   * @param keptUntil when it is removed
   */
  record Times(long readAt, int loadMillis, long freshUntil, long keptUntil) {

    /** The largest difference between the clocks of two instances, in milliseconds. */
    private static final long CLOCKS_DIFFER_MAX = 60_000;

    /**
     * The same times, limited to what the settings allow: the writer may have had other settings,
     * or may be a foreign program.
     *
     * @throws IllegalArgumentException if it claims to have been read in the future
     */
    Times within(CacheSettings settings, long now) {
      if (readAt > now + CLOCKS_DIFFER_MAX) {
        throw new IllegalArgumentException("read in the future, at " + readAt);
      }
      long fresh = Math.min(freshUntil, readAt + settings.ttl().toMillis());
      long kept = Math.min(keptUntil, fresh + settings.staleFor().toMillis());
      return new Times(readAt, Math.max(0, loadMillis), fresh, kept);
    }
  }

  Entry(Name name, @Nullable V value, Stamp stamp, List<String> tags, Times times, int bytes) {
    this.name = name;
    this.value = value;
    this.stamp = stamp;
    this.tags = tags;
    this.slots = Tags.slots(tags, tags.size());
    this.times = times;
    this.bytes = bytes;
  }

  String key() {
    return name.key();
  }

  /** As operators name it: the cache, a colon, the key. */
  String fullName() {
    return name.cache() + ':' + name.key();
  }

  /** The same with other times. */
  Entry<V> with(Times other) {
    return new Entry<>(name, value, stamp, tags, other, bytes);
  }

  /** The name under which it is kept in Redis. */
  String redisName() {
    return RedisTier.name(name.cache(), stamp.epoch(), name.key());
  }

  /** Marks it as loaded by warming. */
  void markWarmed() {
    warmed = true;
  }

  boolean isWarmed() {
    return warmed;
  }

  @Nullable V value() {
    return value;
  }

  Stamp stamp() {
    return stamp;
  }

  List<String> tags() {
    return tags;
  }

  Times times() {
    return times;
  }

  /** What it takes of a cache's size. */
  int bytes() {
    return bytes;
  }

  int slotCount() {
    return slots.length;
  }

  int slot(int i) {
    return slots[i];
  }

  boolean wasValidAt(long version) {
    return validAt == version;
  }

  void validAt(long version) {
    validAt = version;
  }

  boolean isFresh(long now) {
    return now < times.freshUntil();
  }

  /**
   * Whether this request should reload the value before it expires: the longer a load takes and the
   * nearer the expiry, the more probable. "Optimal Probabilistic Cache Stampede Prevention"
   * (Vattani, Chierichetti, Lowenstein, VLDB 2015).
   */
  boolean isDueEarly(long now) {
    if (times.freshUntil() - now > EARLY_MAX * times.loadMillis()) {
      return false; // as good as impossible, and a logarithm for each hit would cost
    }
    double head =
        -times.loadMillis() * EAGERNESS * Math.log(1 - ThreadLocalRandom.current().nextDouble());
    return now + head >= times.freshUntil();
  }

  /** Whether an entry that is held may give way to this one. */
  boolean mayReplace(Entry<?> held) {
    return !held.stamp.epoch().equals(stamp.epoch()) || held.stamp.position() <= stamp.position();
  }
}
