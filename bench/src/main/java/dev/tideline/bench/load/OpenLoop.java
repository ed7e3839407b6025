package dev.tideline.bench.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Sends requests at a fixed rate whether or not earlier ones have been answered, and takes each
 * one's time from when it was due: what waits behind a slow answer counts (no coordinated
 * omission).
 */
public final class OpenLoop {

  private static final int WAITING_MAX = 2_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /**
   * What came out; times in milliseconds.
   *
   * @param failed answers that were not 200, none at all included
   */
  public record Outcome(long sent, long failed, double p50, double p95, double p99, double max) {}

  private OpenLoop() {}

  /** Hears of each answer: which request it is to, and how long after it was due it came. */
  @FunctionalInterface
  public interface Listener {
    void answered(URI request, HttpResponse<Void> answer, long nanos);
  }

  static Outcome run(HttpClient http, Supplier<URI> requests, int rate, Duration length)
      throws InterruptedException {
    return run(http, requests, rate, length, (request, answer, nanos) -> {});
  }

  /** The same, telling of each answer. */
  public static Outcome run(
      HttpClient http, Supplier<URI> requests, int rate, Duration length, Listener listener)
      throws InterruptedException {
    return run(http, requests, second -> rate, length, listener);
  }

  /** The same at a rate that changes with the seconds that have gone by. */
  public static Outcome run(
      HttpClient http,
      Supplier<URI> requests,
      DoubleUnaryOperator rate,
      Duration length,
      Listener listener)
      throws InterruptedException {
    ConcurrentHistogram nanos = new ConcurrentHistogram(TIMEOUT.toNanos() * 2, 3);
    LongAdder failed = new LongAdder();
    Semaphore waiting = new Semaphore(WAITING_MAX);
    long sent = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long start = System.nanoTime();
      long next = start;
      while (next - start < length.toNanos()) {
        long due = next;
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        URI uri = requests.get();
        waiting.acquire();
        threads.execute(() -> {
          if (!answers(http, uri, due, listener)) {
            failed.increment();
          }
          nanos.recordValue(Math.min(System.nanoTime() - due, nanos.getHighestTrackableValue()));
          waiting.release();
        });
        sent++;
        next += Math.round(1e9 / rate.applyAsDouble((due - start) / 1e9));
      }
    }
    return new Outcome(
        sent,
        failed.sum(),
        nanos.getValueAtPercentile(50) / 1e6,
        nanos.getValueAtPercentile(95) / 1e6,
        nanos.getValueAtPercentile(99) / 1e6,
        nanos.getMaxValue() / 1e6);
  }

  private static boolean answers(HttpClient http, URI uri, long due, Listener listener) {
    try {
      HttpResponse<Void> answer =
          http.send(
              HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(), BodyHandlers.discarding());
      listener.answered(uri, answer, System.nanoTime() - due);
      return answer.statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
