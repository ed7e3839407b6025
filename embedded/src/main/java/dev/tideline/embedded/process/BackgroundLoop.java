package dev.tideline.embedded.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that does something again and again until it is closed. No failure ends it: a round that
 * throws is logged and counted, and after a pause there is another. Thread-safe.
 *
 * <p>Modules that know nothing of each other have a copy each; a test keeps them equal.
 */
public final class BackgroundLoop implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(BackgroundLoop.class);

  /** After a round that failed. */
  private static final Duration FAILURE_PAUSE = Duration.ofSeconds(1);

  /** A loop that fails again and again says so once in this time. */
  private static final Duration TOLD_AGAIN = Duration.ofMinutes(1);

  /** One round, with the pause that belongs to it. */
  @FunctionalInterface
  public interface Round {
    /**
     * Does it.
     *
     * @return whether there is to be another
     * @throws InterruptedException which ends the loop
     */
    boolean run() throws Exception;
  }

  private final String name;
  private final Round round;
  private final Thread thread;
  private final LongAdder failures = new LongAdder();

  // of the thread alone
  private long toldNanos;
  private long untold;
  private boolean told;

  private BackgroundLoop(String name, Round round) {
    this.name = name;
    this.round = round;
    this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
  }

  /** A loop that begins with {@link #start()}. */
  public static BackgroundLoop of(String name, Round round) {
    return new BackgroundLoop(name, round);
  }

  /** Begins at once. */
  public static BackgroundLoop start(String name, Round round) {
    BackgroundLoop loop = of(name, round);
    loop.start();
    return loop;
  }

  /** Begins with a pause, and does something small after each. */
  public static BackgroundLoop every(Duration interval, String name, Runnable work) {
    return start(
        name,
        () -> {
          TimeUnit.NANOSECONDS.sleep(interval.toNanos());
          work.run();
          return true;
        });
  }

  public void start() {
    thread.start();
  }

  private void run() {
    try {
      boolean another = true;
      while (another) {
        another = survive();
      }
    } catch (InterruptedException e) {
      // close() wants this thread to end
    }
  }

  private boolean survive() throws InterruptedException {
    try {
      return round.run();
    } catch (InterruptedException e) {
      throw e;
    } catch (Throwable e) {
      failed(e);
      TimeUnit.NANOSECONDS.sleep(FAILURE_PAUSE.toNanos());
      return true;
    }
  }

  private void failed(Throwable e) {
    failures.increment();
    untold++;
    long now = System.nanoTime();
    if (!told || now - toldNanos >= TOLD_AGAIN.toNanos()) {
      log.error("{} failed {} times since the last report; it continues", name, untold, e);
      told = true;
      toldNanos = now;
      untold = 0;
    }
  }

  /** Rounds that have failed so far. */
  public long failures() {
    return failures.sum();
  }

  /** Ends a round's {@link LockSupport#park() parking}, if it is. */
  public void wake() {
    LockSupport.unpark(thread);
  }

  /** Waits until it has ended, and answers whether it has; one that never began has. */
  public boolean join(Duration wait) throws InterruptedException {
    return thread.getState() == Thread.State.NEW || thread.join(wait);
  }

  /** Interrupts it, and does not wait. */
  @Override
  public void close() {
    thread.interrupt();
  }
}
