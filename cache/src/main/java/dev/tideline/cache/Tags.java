package dev.tideline.cache;

/** Names of data that changes, hashed into a fixed number of slots. */
public final class Tags {

  /** A tag that every entry has: its invalidation clears all caches. */
  public static final String ALL = "catalog";

  /** Before a key, {@code *} for anything: what matches it is cleared. */
  static final String KEYS = "keys:";

  /** Whether a tag stands for keys of caches rather than for what changes. */
  public static boolean isOfKeys(String tag) {
    return tag.startsWith(KEYS);
  }

  static final int SLOTS = 1 << 18;

  private Tags() {}

  /** The same in every process and release; two tags in one place only clear too much. */
  static int slot(String tag) {
    int hash = tag.hashCode() * 0x9E3779B1; // Fibonacci hashing: its high bits depend on all
    return hash >>> (32 - 18);
  }

  static int[] slots(Iterable<String> tags, int count) {
    int[] slots = new int[count];
    int i = 0;
    for (String tag : tags) {
      slots[i++] = slot(tag);
    }
    return slots;
  }
}
