package dev.tideline.cache;

import dev.tideline.cache.InvalidationLog.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that reads the log. It does not rely on ids, which are assigned before the commit:
 * each read returns the rows without a position, those beyond the highest position seen so far, and
 * those that had no position at the previous read.
 */
final class InvalidationReader implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(InvalidationReader.class);

  /** With more rows than this without a position, it starts again. */
  private static final int PENDING_MAX = 10_000;

  private final InvalidationLog source;
  private final Invalidations known;
  private final Duration interval;
  private final BackgroundLoop loop;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wanted = lock.newCondition();
  private boolean awake;
  private boolean closed;
  private CompletableFuture<Void> next = new CompletableFuture<>();

  // of the thread alone
  private String epoch = "";
  private long highest;
  private final Map<Long, List<String>> pending = new HashMap<>();
  private boolean told;

  InvalidationReader(InvalidationLog source, Invalidations known, Duration interval) {
    this.source = source;
    this.known = known;
    this.interval = interval;
    this.loop = BackgroundLoop.of("invalidations", this::round);
  }

  void start() {
    loop.start();
  }

  /** Something has been written. */
  void wake() {
    lock.lock();
    try {
      awake = true;
      wanted.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The next read to begin; all callers that request one before it share it. */
  CompletableFuture<Void> demand() {
    lock.lock();
    try {
      awake = true;
      wanted.signal();
      return next;
    } finally {
      lock.unlock();
    }
  }

  private boolean round() {
    CompletableFuture<Void> reading = next();
    if (reading == null) {
      return false;
    }
    try {
      long start = System.nanoTime();
      read(start);
      reading.complete(null);
      told = false;
    } catch (RuntimeException | Error e) {
      reading.completeExceptionally(e);
      if (!told) {
        log.warn("cannot read the invalidations: {}", e.getMessage());
        told = true;
      }
    }
    return true;
  }

  private @Nullable CompletableFuture<Void> next() {
    lock.lock();
    try {
      long left = interval.toNanos();
      while (!awake && !closed && left > 0) {
        left = wanted.awaitNanos(left);
      }
      if (closed) {
        next.cancel(false);
        return null;
      }
      awake = false;
      CompletableFuture<Void> reading = next;
      next = new CompletableFuture<>();
      return reading;
    } catch (InterruptedException e) {
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void read(long startNanos) {
    Page page = epoch.isEmpty() ? source.start() : source.read(highest, pending.keySet());
    if (!page.horizon().isKnown()) {
      throw new IllegalStateException("the position of the database is unknown");
    }
    boolean goesOn =
        page.horizon().epoch().equals(epoch)
            && page.floor() <= highest
            && pending.size() <= PENDING_MAX;
    if (!goesOn && !epoch.isEmpty()) {
      epoch = ""; // what was read may leave something out
      read(startNanos);
      return;
    }
    if (!goesOn) {
      epoch = page.horizon().epoch();
      highest = page.floor();
      pending.clear();
      known.began(page);
    }
    List<Invalidation> placed = new ArrayList<>();
    for (Invalidation row : page.rows()) {
      if (row.position() == 0) {
        pending.put(row.id(), row.tags());
      } else {
        pending.remove(row.id());
        highest = Math.max(highest, row.position());
        placed.add(row);
      }
    }
    known.learnt(
        page.horizon().position(),
        placed,
        List.copyOf(pending.values()),
        goesOn ? 0 : page.floor(),
        startNanos);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      wanted.signal();
    } finally {
      lock.unlock();
    }
    try {
      loop.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
