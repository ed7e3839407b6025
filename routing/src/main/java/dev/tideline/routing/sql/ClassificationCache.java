package dev.tideline.routing.sql;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What was decided of late, by text, in a bounded number of bytes. There are two generations: when
 * the young one has half of the bytes it becomes the old one, and that is forgotten. Thread-safe.
 */
final class ClassificationCache {

  /** Of an entry, besides the characters: its objects, by a generous estimate. */
  private static final int ENTRY_BYTES = 256;

  private final long bytesMax;
  private volatile Generations generations = new Generations(new Generation(), new Generation());

  private record Generations(Generation old, Generation young) {}

  private static final class Generation {
    private final Map<String, Classification> decisions = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();
  }

  /** Decisions made from one state of the catalog; those of another are not mixed with them. */
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

  /** Bytes that it takes at most; past half of the bound only by what is being added. */
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
