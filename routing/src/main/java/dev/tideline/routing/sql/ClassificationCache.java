package dev.tideline.routing.sql;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A cache of recent classifications by text, bounded in bytes. It has two generations: when the
 * young one reaches half of the limit, it becomes the old one, and the previous old one is dropped.
 * Thread-safe.
 */
final class ClassificationCache {

  /** The size of an entry besides its characters, estimated generously. */
  private static final int ENTRY_BYTES = 256;

  private final long bytesMax;
  private volatile Generations generations = new Generations(new Generation(), new Generation());

  private record Generations(Generation old, Generation young) {}

  private static final class Generation {
    private final Map<String, Classification> decisions = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();
  }

  /** Decisions made from one state of the catalog; they are not mixed with those of another. */
  final class View {
    private final Generations current = generations;

    @Nullable Classification find(String sql) {
      Classification known = current.young.decisions.get(sql);
      return known == null ? current.old.decisions.get(sql) : known;
    }

    void put(String sql, Classification decision) {
      Generation young = current.young;
      if (young.decisions.putIfAbsent(sql, decision) == null
          && young.bytes.addAndGet(weight(sql, decision)) >= bytesMax / 2) {
        grow(current);
      }
    }
  }

  ClassificationCache(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  View view() {
    return new View();
  }

  private synchronized void grow(Generations full) {
    if (generations.equals(full)) {
      generations = new Generations(full.young, new Generation());
    }
  }

  synchronized void clear() {
    generations = new Generations(new Generation(), new Generation());
  }

  /**
   * An upper bound of its size in bytes; a generation exceeds half of the limit only by the entries
   * being added.
   */
  long bytes() {
    Generations now = generations;
    return now.old.bytes.get() + now.young.bytes.get();
  }

  static long weight(String sql, Classification decision) {
    long characters = (long) sql.length() + decision.detail().length();
    for (String table : decision.tables()) {
      characters += table.length() + ENTRY_BYTES / Character.BYTES;
    }
    return ENTRY_BYTES + characters * Character.BYTES;
  }
}
