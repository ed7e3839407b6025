package dev.tideline.service;

import dev.tideline.engine.events.EventStore;
import dev.tideline.routing.RoutingException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to it that the months ahead have partitions before their events come. */
final class PartitionKeeper implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PartitionKeeper.class);

  private static final Duration INTERVAL = Duration.ofHours(6);
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final EventStore events;
  private final Clock clock;
  private final Thread thread;

  PartitionKeeper(EventStore events, Clock clock) {
    this.events = events;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("partitions").start(this::run);
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        TimeUnit.NANOSECONDS.sleep((ensure() ? INTERVAL : RETRY).toNanos());
      }
    } catch (InterruptedException e) {
      // close() wants this thread to end
    }
  }

  private boolean ensure() {
    try {
      int made = events.ensurePartitions(clock.instant());
      if (made > 0) {
        log.info("{} event partitions made", made);
      }
      return true;
    } catch (RoutingException e) {
      log.debug("no primary to make partitions on", e);
      return false;
    } catch (RuntimeException e) {
      log.error("cannot make event partitions", e);
      return false;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
