package dev.tideline.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The invalidations that one instance knows. The log is read periodically, when another instance
 * announces a write, and when a request requires it. Thread-safe.
 */
public final class Invalidations implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Invalidations.class);

  /**
   * How the log is followed.
   *
   * @param interval between two reads when nothing happens
   * @param catchUpWait how long a request waits for a read of the log at most
   * @param silenceMax with no read of the log for so long nothing is served for certain any more
   */
  public record Settings(Duration interval, Duration catchUpWait, Duration silenceMax) {

    public static final Settings DEFAULT =
        new Settings(Duration.ofMillis(200), Duration.ofMillis(20), Duration.ofSeconds(60));

    public Settings {
      if (!interval.isPositive() || catchUpWait.isNegative() || !silenceMax.isPositive()) {
        throw new IllegalArgumentException("not positive: " + interval + ", " + silenceMax);
      }
    }
  }

  private final Settings settings;
  private final CacheListener listener;
  private final List<Runnable> onNewHistory = new CopyOnWriteArrayList<>();
  private final InvalidationReader reader;
  private volatile History history = new History("");
  private volatile long readNanos = System.nanoTime();

  private Invalidations(InvalidationLog log, Settings settings, CacheListener listener) {
    this.settings = settings;
    this.listener = listener;
    this.reader = new InvalidationReader(log, this, settings.interval());
  }

  /** Begins to follow the log; until it was read for the first time nothing is valid. */
  public static Invalidations follow(
      InvalidationLog log, Settings settings, CacheListener listener) {
    Invalidations invalidations = new Invalidations(log, settings, listener);
    invalidations.reader.start();
    return invalidations;
  }

  /** Knows nothing and follows nothing: no entry is ever valid. */
  public static Invalidations none() {
    InvalidationLog none =
        new InvalidationLog() {
          @Override
          public Page start() {
            throw new IllegalStateException("there is no log");
          }

          @Override
          public Page read(long after, Collection<Long> pending) {
            return start();
          }
        };
    return new Invalidations(none, Settings.DEFAULT, CacheListener.NONE);
  }

  History history() {
    return history;
  }

  /** Up to where all invalidations are known. */
  public Stamp horizon() {
    History now = history;
    return new Stamp(now.epoch(), now.horizon());
  }

  /** How long ago the log was last read. */
  public Duration silence() {
    return Duration.ofNanos(System.nanoTime() - readNanos);
  }

  boolean isSilent() {
    return System.nanoTime() - readNanos > settings.silenceMax().toNanos();
  }

  /** Runs when the history has changed and everything cached is worth nothing. */
  void onNewHistory(Runnable action) {
    onNewHistory.add(action);
  }

  /**
   * Takes note of a write of this instance, before the log shows it.
   *
   * @param at the write's place, as the database gave it; of another history it is passed over
   */
  public void wrote(Stamp at, List<String> tags, String reason) {
    History now = history;
    if (isOf(now, at)) {
      now.observe(at.position());
      invalidate(now, at, tags, reason, Duration.ZERO);
    }
  }

  /**
   * Receives an announcement of a write from an untrusted source: it may be repeated, late, out of
   * order, or wrong. The log is read at once. Otherwise it is ignored if its position is not known
   * to exist, or if the log was read up to it: then only the log counts.
   *
   * @param at the position of the write; one of another history is ignored
   * @param lag since the write, as far as known
   */
  public void heard(Stamp at, List<String> tags, String reason, Duration lag) {
    History now = history;
    if (!isOf(now, at)) {
      return;
    }
    if (at.position() > now.horizon() && at.position() <= now.furthest()) {
      invalidate(now, at, tags, reason, lag);
    } else {
      reader.wake();
    }
  }

  private static boolean isOf(History now, Stamp at) {
    return at.isKnown() && now.epoch().equals(at.epoch());
  }

  private void invalidate(History now, Stamp at, List<String> tags, String reason, Duration lag) {
    if (now.invalidate(tags, at.position())) {
      listener.invalidated(reason, lag);
    }
    reader.wake();
  }

  /** Takes note of where a read of the database by this instance stood. */
  void observed(Stamp at) {
    History now = history;
    if (isOf(now, at)) {
      now.observe(at.position());
    }
  }

  /**
   * Waits for a read of the log that begins after this call, for a bounded time; returns whether
   * one completed.
   */
  boolean catchUp() {
    CompletableFuture<Void> read = reader.demand();
    try {
      read.get(settings.catchUpWait().toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Waits until the log has been read for the first time; answers whether it has. */
  public boolean awaitStart(Duration wait) throws InterruptedException {
    long end = System.nanoTime() + wait.toNanos();
    while (!history.hasStarted() && System.nanoTime() < end) {
      try {
        reader.demand().get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        break;
      } catch (ExecutionException e) {
        TimeUnit.MILLISECONDS.sleep(50); // before it is tried again
      }
    }
    return history.hasStarted();
  }

  /** Called when the reader has started again. */
  void began(InvalidationLog.Page page) {
    String epoch = page.horizon().epoch();
    History before = history;
    if (!before.epoch().equals(epoch)) {
      history = new History(epoch);
      if (before.hasStarted()) {
        log.warn("new database epoch {}: all caches were cleared", epoch);
        onNewHistory.forEach(Runnable::run);
      }
    }
  }

  /**
   * The reader has read.
   *
   * @param open tags of rows without a position
   * @param from what is older was not read; 0 if it was known before
   */
  void learnt(
      long horizon,
      List<Invalidation> placed,
      List<List<String>> open,
      long from,
      long startNanos) {
    History now = history;
    if (now.hasStarted()) {
      for (Invalidation row : placed) {
        if (now.invalidate(row.tags(), row.position())) {
          listener.invalidated(row.reason(), row.age());
        }
      }
    }
    now.learn(placed, open, from, horizon);
    readNanos = startNanos;
  }

  @Override
  public void close() {
    reader.close();
  }
}
