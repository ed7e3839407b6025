package dev.tideline.cache.edge;

import dev.tideline.cache.BackgroundLoop;
import dev.tideline.cache.Stamp;
import dev.tideline.cache.Tags;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Purges stale answers from a CDN: immediately after a write, and again when no replica can return
 * the old answer any more. Keys wait in one queue and are sent in groups, with retries, at a
 * limited rate. Thread-safe.
 */
public final class EdgePurger implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EdgePurger.class);

  /** Longer lists of keys do not fit into a header. */
  private static final int CHARACTERS_MAX = 6_000;

  private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);
  private static final Duration BACK_OFF_MIN = Duration.ofMillis(100);
  private static final Duration BACK_OFF_MAX = Duration.ofSeconds(30);

  /**
   * Bounds.
   *
   * @param keysMax the most keys in the queue; if there are more, everything is purged instead
   * @param callsPerSecond the most calls to the CDN
   * @param attempts after which keys are abandoned; the CDN's own time limit removes them later
   * @param settle the delay of the second purge after all replicas have replayed a write: the time
   *     of a poll and of the longest request
   */
  public record Settings(int keysMax, int callsPerSecond, int attempts, Duration settle) {

    public static final Settings DEFAULT = new Settings(20_000, 20, 10, Duration.ofSeconds(6));

    public Settings {
      if (keysMax < 1 || callsPerSecond < 1 || attempts < 1 || settle.isNegative()) {
        throw new IllegalArgumentException("not positive: " + keysMax + ", " + callsPerSecond);
      }
    }
  }

  /** Receives the results of purges, for metrics. */
  public interface Listener {
    /** Called when keys were purged. */
    default void purged(int keys) {}

    /** Called when a call failed and will be retried. */
    default void failed() {}

    /** Called when keys were abandoned. */
    default void givenUp(int keys) {}
  }

  /** Keys to be purged once more. */
  private static final class Later {
    private final Stamp at;
    private final List<String> keys;
    private long dueNanos;
    private boolean replayed;

    Later(Stamp at, List<String> keys) {
      this.at = at;
      this.keys = keys;
    }
  }

  private final EdgeCache edge;
  private final Settings settings;
  private final Predicate<Stamp> replayed;
  private final Listener listener;
  private final BackgroundLoop loop;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Set<String> waiting = new LinkedHashSet<>();
  private final Deque<Later> later = new ArrayDeque<>();
  private int laterKeys;
  private boolean closed;

  /** In a row; of the loop alone. */
  private int failures;

  private EdgePurger(
      EdgeCache edge, Settings settings, Predicate<Stamp> replayed, Listener listener) {
    this.edge = edge;
    this.settings = settings;
    this.replayed = replayed;
    this.listener = listener;
    this.loop = BackgroundLoop.start("edge-purge", this::round);
  }

  /**
   * Begins.
   *
   * @param replayed whether every replica in use shows what was written up to there
   */
  public static EdgePurger open(
      EdgeCache edge, Settings settings, Predicate<Stamp> replayed, Listener listener) {
    return new EdgePurger(edge, settings, replayed, listener);
  }

  /** Has the edge forget what has any of the tags; does not wait for it. */
  public void purge(Stamp at, Collection<String> tags) {
    List<String> keys =
        tags.stream().filter(tag -> !Tags.isOfKeys(tag)).map(SurrogateKeys::of).toList();
    if (keys.size() < tags.size()) {
      keys = List.of(Tags.ALL); // the edge knows no keys of ours
    }
    lock.lock();
    try {
      await(keys);
      if (laterKeys + keys.size() > settings.keysMax()) {
        later.clear();
        laterKeys = 0;
        keys = List.of(Tags.ALL);
      }
      later.add(new Later(at, keys));
      laterKeys += keys.size();
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  private void await(Collection<String> keys) {
    waiting.addAll(keys);
    if (waiting.size() > settings.keysMax()) {
      log.warn("{} keys are waiting to be purged: purging everything instead", waiting.size());
      waiting.clear();
      waiting.add(Tags.ALL);
    }
  }

  private boolean round() throws InterruptedException {
    List<String> keys = next();
    if (keys.isEmpty()) {
      return false; // closed
    }
    long start = System.nanoTime();
    try {
      edge.purge(keys);
      listener.purged(keys.size());
      failures = 0;
    } catch (IOException | RuntimeException e) {
      failures++;
      failed(keys, e);
    }
    pause(start);
    return true;
  }

  private void failed(List<String> keys, Exception e) {
    listener.failed();
    if (failures >= settings.attempts()) {
      listener.givenUp(keys.size());
      log.warn(
          "gave up purging {} keys from {}; they stay there until they expire: {}",
          keys.size(),
          edge.name(),
          e.getMessage());
      return;
    }
    if (failures == 1) {
      log.warn("purging {} failed, trying again: {}", edge.name(), e.getMessage());
    }
    lock.lock();
    try {
      await(keys);
    } finally {
      lock.unlock();
    }
  }

  private void pause(long start) throws InterruptedException {
    long between = TimeUnit.SECONDS.toNanos(1) / settings.callsPerSecond();
    long backOff =
        failures == 0
            ? 0
            : Math.min(
                BACK_OFF_MIN.toNanos() << Math.min(failures - 1, 20), BACK_OFF_MAX.toNanos());
    TimeUnit.NANOSECONDS.sleep(Math.max(backOff, start + between - System.nanoTime()));
  }

  /** Keys to be purged now, as soon as there are some; empty when it is closed. */
  private List<String> next() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        if (closed) {
          return List.of();
        }
        settle();
        if (!waiting.isEmpty()) {
          return take();
        }
        if (later.isEmpty()) {
          work.await();
        } else {
          work.awaitNanos(LOOK_INTERVAL.toNanos());
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Moves to the queue what is to be purged once more now. */
  private void settle() {
    long now = System.nanoTime();
    for (Iterator<Later> all = later.iterator(); all.hasNext(); ) {
      Later one = all.next();
      if (!one.replayed && replayed.test(one.at)) {
        one.replayed = true;
        one.dueNanos = now + settings.settle().toNanos();
      }
      if (one.replayed && now - one.dueNanos >= 0) {
        await(one.keys);
        laterKeys -= one.keys.size();
        all.remove();
      }
    }
  }

  private List<String> take() {
    List<String> keys = new ArrayList<>();
    int characters = 0;
    for (Iterator<String> all = waiting.iterator();
        all.hasNext() && keys.size() < edge.keysMax(); ) {
      String key = all.next();
      characters += key.length() + 1;
      if (!keys.isEmpty() && characters > CHARACTERS_MAX) {
        break;
      }
      keys.add(key);
      all.remove();
    }
    return keys;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      work.signal();
    } finally {
      lock.unlock();
    }
    loop.close();
  }
}
