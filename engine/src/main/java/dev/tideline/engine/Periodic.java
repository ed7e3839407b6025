package dev.tideline.engine;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Does something small again and again, on a thread of its own, until it is closed. */
public final class Periodic implements AutoCloseable {

  private final Thread thread;

  private Periodic(Thread thread) {
    this.thread = thread;
  }

  /**
   * Begins, with a pause.
   *
   * @param work must not throw
   */
  public static Periodic start(String name, Duration interval, Runnable work) {
    return new Periodic(
        Thread.ofVirtual()
            .name(name)
            .start(() -> {
              try {
                while (!Thread.currentThread().isInterrupted()) {
                  TimeUnit.NANOSECONDS.sleep(interval.toNanos());
                  work.run();
                }
              } catch (InterruptedException e) {
                // close() wants this thread to end
              }
            }));
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
