package dev.tideline.cache;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.regex.Pattern;

/**
 * The invalidations of one history that an instance knows: the last position at which each tag was
 * invalidated. They are complete between the floor and the horizon. Thread-safe; readers do not
 * block.
 *
 * <p>The order of writes and reads matters: the table changes first, then its version, then the
 * horizon; a reader reads the horizon first, then the version, then the table. So an entry is never
 * judged valid at a horizon whose invalidations are not in the table yet.
 */
final class History {

  /** The most cleared key patterns that are kept; one more clears all older entries. */
  private static final int PATTERNS_MAX = 100;

  /** Keys that were cleared, and where. */
  private record Cleared(Pattern keys, long position) {}

  private final String epoch;
  private final AtomicLongArray last = new AtomicLongArray(Tags.SLOTS);
  private volatile BitSet closed = new BitSet();
  private volatile List<Cleared> cleared = List.of();
  private volatile long floor;
  private volatile long version = 1;
  private volatile long horizon;

  /** The highest position that the database has shown to this instance; never moves back. */
  private final AtomicLong furthest = new AtomicLong();

  /** Nothing is known before the horizon is set. */
  History(String epoch) {
    this.epoch = epoch;
    this.floor = Long.MAX_VALUE;
  }

  String epoch() {
    return epoch;
  }

  long horizon() {
    return horizon;
  }

  long floor() {
    return floor;
  }

  /** The highest position that is known to exist; what claims to lie beyond it is not believed. */
  long furthest() {
    return furthest.get();
  }

  /** Takes note of a position that the database has shown: of a read, or of an own write. */
  void observe(long position) {
    if (position > furthest.get()) {
      furthest.accumulateAndGet(position, Math::max);
    }
  }

  boolean hasStarted() {
    return horizon > 0;
  }

  /**
   * Takes note of a write; answers whether any of its tags was not known to be invalidated there.
   */
  synchronized boolean invalidate(List<String> tags, long position) {
    boolean news = note(tags, position);
    if (news) {
      version++;
    }
    return news;
  }

  private boolean note(List<String> tags, long position) {
    boolean news = false;
    for (String tag : tags) {
      int slot = Tags.slot(tag);
      if (last.get(slot) < position) {
        last.set(slot, position);
        news = true;
        if (tag.startsWith(Tags.KEYS)) {
          clear(tag.substring(Tags.KEYS.length()), position);
        }
      }
    }
    return news;
  }

  private void clear(String glob, long position) {
    List<Cleared> all = new ArrayList<>(cleared);
    all.add(new Cleared(pattern(glob), position));
    if (all.size() > PATTERNS_MAX) {
      all.clear();
      floor = Math.max(floor, position);
    }
    cleared = List.copyOf(all);
  }

  private static Pattern pattern(String glob) {
    StringBuilder regex = new StringBuilder();
    for (String part : glob.split("\\*", -1)) {
      regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(part));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  /**
   * Takes note of a read of the log.
   *
   * @param open tags of rows that have no position yet
   * @param from what is older is not known; 0 for what was known before
   */
  synchronized void learn(
      Collection<Invalidation> rows, Collection<List<String>> open, long from, long readAt) {
    rows.forEach(row -> {
      note(row.tags(), row.position());
      observe(row.position());
    });
    observe(readAt);
    BitSet now = new BitSet();
    open.forEach(tags -> tags.forEach(tag -> now.set(Tags.slot(tag))));
    if (!now.isEmpty() || !closed.isEmpty()) {
      closed = now;
    }
    floor = hasStarted() ? Math.max(floor, from) : from;
    version++;
    horizon = Math.max(horizon, readAt);
  }

  /**
   * Whether an entry may be served with the required freshness.
   *
   * @param open a tag whose invalidation entries tolerate for a while
   */
  Verdict judge(Entry<?> entry, Freshness freshness, OpenTag open, long now) {
    long known = horizon;
    if (!epoch.equals(entry.stamp().epoch())) {
      return Verdict.OTHER_EPOCH;
    }
    long position = entry.stamp().position();
    Verdict validity = validity(entry);
    if (!validity.isHit()) {
      return validity;
    }
    if (!open.allows(entry, last, now)) {
      return Verdict.STALE;
    }
    return switch (freshness) {
      case Freshness.Eventual() -> Verdict.HIT;
      case Freshness.Uncached() -> Verdict.BEHIND;
      case Freshness.AtLeast(List<Stamp> positions) -> {
        long goal = goal(positions);
        if (goal < 0) {
          yield Verdict.OTHER_EPOCH;
        }
        if (position >= goal) {
          yield Verdict.HIT_BY_STAMP;
        }
        yield known >= goal && !open.isSet() ? Verdict.HIT_BY_HORIZON : Verdict.BEHIND;
      }
    };
  }

  /** The furthest of some positions; negative if they cannot be compared with this history's. */
  long goal(List<Stamp> positions) {
    long goal = 0;
    for (Stamp position : positions) {
      if (!position.isKnown() || !position.epoch().equals(epoch)) {
        return -1;
      }
      goal = Math.max(goal, position.position());
    }
    return goal;
  }

  private Verdict validity(Entry<?> entry) {
    long at = version;
    if (entry.wasValidAt(at)) {
      return Verdict.HIT;
    }
    long position = entry.stamp().position();
    if (position < floor) {
      return Verdict.BELOW_FLOOR;
    }
    BitSet shut = closed;
    for (int i = 0; i < entry.slotCount(); i++) {
      int slot = entry.slot(i);
      if (position < last.get(slot)) {
        return Verdict.STALE;
      }
      if (shut.get(slot)) {
        return Verdict.CLOSED;
      }
    }
    for (Cleared one : cleared) {
      if (position < one.position() && one.keys().matcher(entry.fullName()).matches()) {
        return Verdict.STALE;
      }
    }
    if (position > furthest.get()) {
      return Verdict.BEYOND_KNOWN;
    }
    entry.validAt(at);
    return Verdict.HIT;
  }
}
