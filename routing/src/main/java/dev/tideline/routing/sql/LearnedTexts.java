package dev.tideline.routing.sql;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/** The latest statements that replicas refused, bounded in bytes. Thread-safe. */
final class LearnedTexts {

  private static final int ENTRY_BYTES = 128;

  private final long bytesMax;
  private final Set<String> texts = new LinkedHashSet<>();
  private long bytes;

  LearnedTexts(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  synchronized boolean contains(String sql) {
    return texts.contains(sql);
  }

  /** Adds a statement; returns whether it is new. */
  synchronized boolean add(String sql) {
    if (weight(sql) > bytesMax || !texts.add(sql)) {
      return false;
    }
    bytes += weight(sql);
    Iterator<String> oldest = texts.iterator();
    while (bytes > bytesMax) {
      bytes -= weight(oldest.next());
      oldest.remove();
    }
    return true;
  }

  synchronized long bytes() {
    return bytes;
  }

  private static long weight(String sql) {
    return ENTRY_BYTES + (long) sql.length() * Character.BYTES;
  }
}
