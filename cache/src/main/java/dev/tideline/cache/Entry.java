package dev.tideline.cache;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A value as it is kept, with what is needed to tell whether it may be served. Thread-safe.
 *
 * <p>Times are milliseconds since 1970, for they are told to other processes; they decide expiry
 * alone.
 */
final class Entry<V> {

  /** So much of a load's time before its end an entry begins to be read anew, now and then. */
  private static final double EAGERNESS = 1;

  /** An exponentially distributed time is longer than so many of its means once in 10^13. */
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

  /** What an entry is called. */
  record Name(String cache, String key) {}

  /**
   * When an entry was read and what that means.
   *
   * @param readAt just before the value was read
   * @param loadMillis how long reading took
   * @param freshUntil from when on it is to be read anew
   * @param keptUntil from when on it is gone
   */
  record Times(long readAt, int loadMillis, long freshUntil, long keptUntil) {

    /** What the clocks of two instances may differ by, in milliseconds. */
    private static final long CLOCKS_DIFFER_MAX = 60_000;

    /**
     * The same, but for no longer than the settings allow: whoever wrote it may have had others, or
     * may not be one of ours.
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

  /** It was read before anybody asked for it. */
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
   * Whether this request is the one that reads the value anew before its time is up: the longer
   * that takes and the nearer the end, the likelier. "Optimal Probabilistic Cache Stampede
   * Prevention" (Vattani, Chierichetti, Lowenstein, VLDB 2015).
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
