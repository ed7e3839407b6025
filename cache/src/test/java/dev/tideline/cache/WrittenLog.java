package dev.tideline.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A log of invalidations that tests write to. Thread-safe. */
final class WrittenLog implements InvalidationLog {

  private final Map<Long, Invalidation> rows = new LinkedHashMap<>();
  private String epoch = "one";
  private long position = 100;
  private long floor;
  private long ids;
  private int reads;
  private boolean away;

  /** A write that is known from here on. */
  synchronized Stamp write(String... tags) {
    return place(begin(tags));
  }

  /** A write that was committed and has no position yet. */
  synchronized long begin(String... tags) {
    long id = ++ids;
    rows.put(id, new Invalidation(id, List.of(tags), 0, "test", Duration.ZERO));
    return id;
  }

  synchronized Stamp place(long id) {
    return placeAt(id, ++position);
  }

  /** Gives a row a position below others that have been read. */
  synchronized Stamp placeAt(long id, long at) {
    Invalidation row = rows.get(id);
    rows.put(id, new Invalidation(id, row.tags(), at, row.reason(), row.age()));
    return new Stamp(epoch, at);
  }

  /** Where the database stands. */
  synchronized Stamp now() {
    return new Stamp(epoch, position);
  }

  synchronized long advance() {
    return ++position;
  }

  synchronized void prune() {
    rows.values().removeIf(row -> row.position() > 0);
    floor = position;
  }

  /** What was written before is left out by who starts anew. */
  synchronized void leaveOut() {
    prune();
  }

  synchronized void beginHistory(String name) {
    epoch = name;
    position = 50;
    floor = 0;
    rows.clear();
  }

  synchronized void away(boolean now) {
    away = now;
  }

  synchronized int reads() {
    return reads;
  }

  private Page page(List<Invalidation> found) {
    reads++;
    if (away) {
      throw new IllegalStateException("the database is away");
    }
    return new Page(new Stamp(epoch, position), found, floor);
  }

  @Override
  public synchronized Page start() {
    return page(List.copyOf(rows.values()));
  }

  @Override
  public synchronized Page read(long after, Collection<Long> pending) {
    List<Invalidation> found = new ArrayList<>();
    for (Invalidation row : rows.values()) {
      if (row.position() == 0 || row.position() > after || pending.contains(row.id())) {
        found.add(row);
      }
    }
    return page(found);
  }
}
