package dev.tideline.bench.cache;

import dev.tideline.bench.load.InstanceProcess;
import dev.tideline.bench.load.LoadedShop;
import dev.tideline.bench.load.OpenLoop;
import dev.tideline.bench.load.OpenLoop.Outcome;
import dev.tideline.bench.load.Workload;
import dev.tideline.cache.RedisTrouble;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.HdrHistogram.ConcurrentHistogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What shoppers notice of a Redis in trouble. */
@Command(
    name = "redis-faults",
    mixinStandardHelpOptions = true,
    description = {
      "Flush Redis, restore it from an older dump, fill it, kill it and stop it, while two instances answer searches and",
      "products are written and read back with tokens from the other instance."
    },
    footer = {"", "Examples:", "  ./tideline bench cache redis-faults --rate 100 --seconds 20"})
final class RedisFaultsBench implements Callable<Integer> {

  /** Within so long after trouble has begun latencies are to be as they were. */
  private static final Duration SETTLED = Duration.ofSeconds(5);

  private static final int PRODUCTS = 5_000;

  @Option(
      names = "--rate",
      defaultValue = "100",
      description = "Searches a second (default ${DEFAULT-VALUE}).")
  int rate;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "Seconds of each trouble, and of peace before it (default ${DEFAULT-VALUE}).")
  int seconds;

  @Override
  public Integer call() throws Exception {
    try (LoadedShop shop = LoadedShop.sample(PRODUCTS, false);
        InstanceProcess first = shop.start("first", Map.of());
        InstanceProcess second = shop.start("second", Map.of());
        Connection admin = shop.connect();
        HttpClient http = HttpClient.newHttpClient()) {
      List<Supplier<URI>> searches =
          List.of(
              Workload.of(first.url(), admin).searches(),
              Workload.of(second.url(), admin).searches());
      AtomicInteger turn = new AtomicInteger();
      Supplier<URI> requests = () -> searches.get(turn.getAndIncrement() % 2).get();
      OpenLoop.run(http, requests, rate, Duration.ofSeconds(seconds), (uri, answer, nanos) -> {});
      System.out.println(
          "| trouble | failed | writes read back | stale | p95 before, ms | its first 5 s | from then on | first 5 s after it | from then on |");
      System.out.println("|---|---|---|---|---|---|---|---|---|");
      for (RedisTrouble.Kind kind : RedisTrouble.Kind.values()) {
        measure(kind, new RedisTrouble(shop.redis()), http, requests, first, second);
      }
    }
    return 0;
  }

  private void measure(
      RedisTrouble.Kind kind,
      RedisTrouble trouble,
      HttpClient http,
      Supplier<URI> requests,
      InstanceProcess first,
      InstanceProcess second)
      throws Exception {
    long length = TimeUnit.SECONDS.toNanos(seconds);
    long[] ends = {
      length, length + SETTLED.toNanos(), 2 * length, 2 * length + SETTLED.toNanos(), 3 * length
    };
    ConcurrentHistogram[] windows = new ConcurrentHistogram[ends.length];
    for (int i = 0; i < windows.length; i++) {
      windows[i] = new ConcurrentHistogram(3);
    }
    long start = System.nanoTime();
    CompletableFuture<Void> maker = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            TimeUnit.NANOSECONDS.sleep(length);
            trouble.begin(kind);
            TimeUnit.NANOSECONDS.sleep(length);
            trouble.end(kind);
            maker.complete(null);
          } catch (Exception e) {
            maker.completeExceptionally(e);
          }
        });
    ReadBack checked = new ReadBack(http, first.url(), second.url());
    Thread writer = Thread.ofVirtual().start(checked);
    Outcome outcome =
        OpenLoop.run(
            http,
            requests,
            rate,
            Duration.ofSeconds(3L * seconds),
            (uri, answer, nanos) -> {
              long due = System.nanoTime() - nanos - start;
              int window = 0;
              while (window < ends.length - 1 && due >= ends[window]) {
                window++;
              }
              windows[window].recordValue(nanos);
            });
    maker.get();
    writer.interrupt();
    writer.join();
    System.out.printf(
        "| %s | %d | %d | %d | %.1f | %.1f | %.1f | %.1f | %.1f |%n",
        kind,
        outcome.failed() + checked.failed,
        checked.read,
        checked.stale,
        p95(windows[0]),
        p95(windows[1]),
        p95(windows[2]),
        p95(windows[3]),
        p95(windows[4]));
  }

  private static double p95(ConcurrentHistogram window) {
    return window.getValueAtPercentile(95) / 1e6;
  }

  /** Writes through one instance and reads through the other, by the token it was given. */
  private static final class ReadBack implements Runnable {

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final HttpClient http;
    private final String writer;
    private final String reader;
    private volatile int read;
    private volatile int stale;
    private volatile int failed;

    ReadBack(HttpClient http, String writer, String reader) {
      this.http = http;
      this.writer = writer;
      this.reader = reader;
    }

    @Override
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread writes
    public void run() {
      try {
        for (int i = 1; ; i++) {
          TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
          String path = "/v1/products/read-back-" + i % 10;
          HttpResponse<String> written =
              http.send(
                  HttpRequest.newBuilder(URI.create(writer + path))
                      .header("Authorization", "Bearer " + LoadedShop.ADMIN_TOKEN)
                      .PUT(BodyPublishers.ofString("{\"title\": \"version " + i + ".\"}"))
                      .build(),
                  BodyHandlers.ofString());
          String token = written.headers().firstValue("tideline-token").orElse("");
          HttpResponse<String> shown =
              http.send(
                  HttpRequest.newBuilder(URI.create(reader + path))
                      .header("Tideline-Token", token)
                      .build(),
                  BodyHandlers.ofString());
          if (written.statusCode() / 100 != 2 || shown.statusCode() != 200) {
            failed++;
          } else if (shown.body().contains("version " + i + ".")) {
            read++;
          } else {
            stale++;
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the run is over
      } catch (IOException e) {
        failed++;
      }
    }
  }
}
