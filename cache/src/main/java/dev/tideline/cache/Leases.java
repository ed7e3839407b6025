package dev.tideline.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Prevents instances from loading the same key at the same time: the holder of the key's lease
 * loads it, and the others wait for the stored result. Thread-safe.
 */
final class Leases<V> {

  /** The longest wait for another instance's load: that instance may have failed. */
  private static final Duration LEASE_MAX = Duration.ofSeconds(3);

  /** Pauses between two looks at whether another instance has loaded. */
  private static final Duration POLL_MIN = Duration.ofMillis(2);

  private static final Duration POLL_MAX = Duration.ofMillis(25);

  /** Is given what other instances have loaded. */
  @FunctionalInterface
  interface Receiver<V> {
    void received(String key, Entry<V> entry);
  }

  private final RedisEntries<V> entries;
  private final Duration longest;

  Leases(RedisEntries<V> entries, Duration loadTimeout) {
    this.entries = entries;
    this.longest = loadTimeout.compareTo(LEASE_MAX) < 0 ? loadTimeout : LEASE_MAX;
  }

  /**
   * Asks for the leases of keys and notes those that are given.
   *
   * @return the keys that other instances are loading
   */
  List<String> ask(Batch<V> batch, List<String> keys) {
    List<RedisTier.Lease> answers =
        entries.redis().lease(keys.stream().map(entries::name).toList(), longest);
    List<String> taken = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      RedisTier.Lease answer = answers.get(i);
      String id = answer.id();
      if (answer.taken()) {
        taken.add(keys.get(i));
      } else if (id != null) {
        batch.leased(keys.get(i), id);
      }
    }
    return taken;
  }

  /**
   * Waits for the instances that have the leases of keys, until each has stored an entry that may
   * be served or has given its lease back.
   */
  void awaitOthers(List<String> keys, Freshness freshness, Receiver<V> receiver) {
    long end = System.nanoTime() + longest.toNanos();
    long pause = POLL_MIN.toNanos();
    List<String> waiting = new ArrayList<>(keys);
    while (!waiting.isEmpty() && System.nanoTime() < end) {
      try {
        TimeUnit.NANOSECONDS.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      pause = Math.min(pause * 2, POLL_MAX.toNanos());
      // First the leases: an entry is stored before its lease is given back.
      List<Boolean> leased =
          entries.redis().areLeased(waiting.stream().map(entries::name).toList());
      Map<String, RedisEntries.Found<V>> found = entries.find(waiting, freshness);
      List<String> left = new ArrayList<>();
      for (int i = 0; i < waiting.size(); i++) {
        String key = waiting.get(i);
        RedisEntries.Found<V> one = found.get(key);
        Entry<V> entry = one == null ? null : one.entry();
        if (one != null && entry != null && one.verdict().isHit()) {
          receiver.received(key, entry);
        } else if (leased.get(i)) {
          left.add(key);
        }
      }
      waiting = left;
    }
  }
}
