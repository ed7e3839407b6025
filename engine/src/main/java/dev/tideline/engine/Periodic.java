package dev.tideline.engine;

import dev.tideline.routing.BackgroundLoop;
import java.time.Duration;

/**
 * Does something small again and again, on a thread of its own, until it is closed; what it throws
 * is logged and does not end it.
 */
public final class Periodic implements AutoCloseable {

  private final BackgroundLoop loop;

  private Periodic(BackgroundLoop loop) {
    this.loop = loop;
  }

  /** Begins, with a pause. */
  public static Periodic start(String name, Duration interval, Runnable work) {
    return new Periodic(BackgroundLoop.every(interval, name, work));
  }

  @Override
  public void close() {
    loop.close();
  }
}
