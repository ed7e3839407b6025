package dev.tideline.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Requests to a fleet at a steady rate until it is closed, and what came of them. */
final class FleetLoad implements AutoCloseable {

  private static final int THREADS = 16;
  private static final Duration END_MAX = Duration.ofMinutes(2);

  private final FleetTestCase fleet;
  private final List<String> paths;
  private final int perSecond;
  private final AtomicInteger answered = new AtomicInteger();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();

  /** Asks for the paths by turns. */
  FleetLoad(FleetTestCase fleet, int perSecond, List<String> paths) {
    this.fleet = fleet;
    this.perSecond = perSecond;
    this.paths = paths;
    for (int i = 0; i < THREADS; i++) {
      int number = i;
      threads.add(Thread.ofVirtual().start(() -> run(number)));
    }
  }

  private void run(int number) {
    long pause = TimeUnit.SECONDS.toNanos(1) * THREADS / perSecond;
    long due = System.nanoTime() + number * pause / THREADS;
    for (int i = number; !stop.get(); i++) {
      LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
      due += pause;
      try {
        HttpResponse<String> answer = fleet.get(paths.get(i % paths.size()));
        if (answer.statusCode() != 200) {
          failures.add(answer.statusCode() + " " + answer.body());
        }
      } catch (IOException e) {
        failures.add(e.toString());
      } catch (InterruptedException e) {
        return;
      }
      answered.incrementAndGet();
    }
  }

  void awaitMore(int count) {
    int goal = answered.get() + count;
    await().atMost(FleetTestCase.LONG).until(() -> answered.get() >= goal);
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    stop();
  }

  /** Sends no more, and waits for what is under way. */
  void stop() {
    stop.set(true);
    await().atMost(END_MAX).until(() -> threads.stream().noneMatch(Thread::isAlive));
  }
}
