package dev.tideline.cache;

import java.time.Duration;

/**
 * How one cache keeps its entries.
 *
 * @param name for keys and metrics: lower-case letters, digits, dots and dashes; a new one when the
 *     form of its values changes
 * @param ttl until an entry is loaded again, if nothing invalidates it before
 * @param negativeTtl the same for values that do not exist
 * @param staleFor how much longer an entry may be served if a new one is late or cannot be loaded;
 *     zero for never
 * @param localBytes the most memory of the tier in process
 * @param shared whether entries are stored in Redis too
 * @param open for entries whose changes no tag can name: how long after they were read they may be
 *     served once {@code anyTag} is invalidated; zero where the tags name all changes
 * @param named whether a request collects the tags of its answers; see {@link CacheRequest#tags}
 * @param anyTag a tag that every write invalidates which has no tag of its own; empty if there is
 *     no such tag
 */
public record CacheSettings(
    String name,
    Duration ttl,
    Duration negativeTtl,
    Duration staleFor,
    long localBytes,
    boolean shared,
    Duration open,
    boolean named,
    String anyTag) {

  /** Entries expire earlier by a random part of their lifetime, up to this one. */
  static final double JITTER = 0.1;

  public CacheSettings {
    if (!name.matches("[a-z0-9.-]{1,40}")) {
      throw new IllegalArgumentException("not a name: " + name);
    }
    if (!ttl.isPositive() || !negativeTtl.isPositive() || staleFor.isNegative()) {
      throw new IllegalArgumentException("durations must be positive: " + name);
    }
    if (!open.isZero() && anyTag.isEmpty()) {
      throw new IllegalArgumentException("entries are open to no tag: " + name);
    }
    if (localBytes < 1) {
      throw new IllegalArgumentException("localBytes not positive: " + localBytes);
    }
  }

  /** A cache in both tiers: five seconds for what there is not, five minutes of staleness. */
  public static CacheSettings of(String name, Duration ttl, long localBytes) {
    return new CacheSettings(
        name,
        ttl,
        Duration.ofSeconds(5),
        Duration.ofMinutes(5),
        localBytes,
        true,
        Duration.ZERO,
        true,
        "");
  }

  /** The same in process alone. */
  public CacheSettings local() {
    return new CacheSettings(
        name, ttl, negativeTtl, staleFor, localBytes, false, open, named, anyTag);
  }

  /**
   * The same for entries whose changes cannot all be named.
   *
   * @param tag what every write invalidates
   * @param tolerance zero for none: then the tag only stands for tags that are too many
   */
  public CacheSettings open(String tag, Duration tolerance) {
    return new CacheSettings(
        name, ttl, negativeTtl, staleFor, localBytes, shared, tolerance, named, tag);
  }

  /** The same with other times. */
  public CacheSettings times(Duration newTtl, Duration newStaleFor) {
    return new CacheSettings(
        name, newTtl, negativeTtl, newStaleFor, localBytes, shared, open, named, anyTag);
  }

  /** The same without telling tags: of the many parts of an answer that hardly change it. */
  public CacheSettings unnamed() {
    return new CacheSettings(
        name, ttl, negativeTtl, staleFor, localBytes, shared, open, false, anyTag);
  }

  OpenTag openTag() {
    return open.isZero() ? OpenTag.NONE : OpenTag.of(anyTag, open);
  }
}
