package dev.tideline.bench.cache;

import dev.tideline.bench.cache.NearCache.Contender;
import dev.tideline.embedded.TestDatabases;
import dev.tideline.embedded.redis.RedisServer;
import dev.tideline.engine.database.Schema;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Herds and invalidation, beside JetCache and Redisson on the same Redis. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Compare with JetCache's two-level cache and Redisson's local cached map, by turns on one"
          + " Redis:",
      "how often a herd over four instances loads a key that nobody has, and how long after a"
          + " write",
      "has returned another process is still shown the value before."
    },
    footer = {"", "Examples:", "  ./tideline bench cache compare --writes 1000"})
final class CompareBench implements Callable<Integer> {

  private static final int INSTANCES = 4;
  private static final int LOAD_MILLIS = 200;
  private static final long PAUSE_MILLIS = 5;
  private static final Duration LOST_AFTER = Duration.ofSeconds(1);
  private static final Duration START_MAX = Duration.ofSeconds(60);
  private static final Pattern SIGHT = Pattern.compile("(\\d+) (\\d+)");

  @Option(
      names = "--herd",
      defaultValue = "10000",
      description = "Requests at the same time (default ${DEFAULT-VALUE}).")
  int herd;

  @Option(
      names = "--writes",
      defaultValue = "1000",
      description = "Writes of a round (default ${DEFAULT-VALUE}).")
  int writes;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "Rounds, in each of which all take their turn (default ${DEFAULT-VALUE}).")
  int rounds;

  @Override
  public Integer call() throws Exception {
    try (TestDatabases databases = TestDatabases.start(0);
        RedisServer redis = databases.startRedis()) {
      Endpoint endpoint = Endpoint.of(redis, databases);
      Schema.migrate(endpoint.databaseUrl(), Endpoint.user(), endpoint.password());
      System.out.println(
          "| round | cache | loads of a herd | failed | herd, ms | write, p50, ms | stale for, p50,"
              + " ms | p99, ms | max, ms | not seen within 1 s |");
      System.out.println("|---|---|---|---|---|---|---|---|---|---|");
      for (int round = 1; round <= rounds; round++) {
        for (Contender contender : Contender.values()) {
          measure(round, contender, endpoint);
        }
      }
    }
    return 0;
  }

  private record Herd(int loads, int failed, long millis) {}

  private void measure(int round, Contender contender, Endpoint endpoint) throws Exception {
    Herd rush = herd(round, contender, new Endpoint(endpoint.redisUrl(), "", ""));
    Histogram written = new Histogram(3);
    Histogram stale = new Histogram(3);
    int lost = delay(contender, endpoint, written, stale);
    System.out.printf(
        "| %d | %s | %d | %d | %d | %.2f | %.2f | %.2f | %.2f | %d |%n",
        round,
        contender,
        rush.loads(),
        rush.failed(),
        rush.millis(),
        written.getValueAtPercentile(50) / 1e3,
        stale.getValueAtPercentile(50) / 1e3,
        stale.getValueAtPercentile(99) / 1e3,
        stale.getMaxValue() / 1e3,
        lost);
  }

  private Herd herd(int round, Contender contender, Endpoint endpoint) throws Exception {
    List<NearCache> instances = new ArrayList<>();
    AtomicInteger loads = new AtomicInteger();
    AtomicInteger failed = new AtomicInteger();
    CountDownLatch gate = new CountDownLatch(1);
    long start;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < INSTANCES; i++) {
        instances.add(contender.open(endpoint));
        instances.get(i).get("warm-" + i, () -> "v"); // so that all is connected
      }
      List<Future<?>> asked = new ArrayList<>();
      for (int i = 0; i < herd; i++) {
        NearCache cache = instances.get(i % INSTANCES);
        asked.add(
            threads.submit(() -> {
              gate.await();
              return cache.get("herd-" + round, () -> load(loads));
            }));
      }
      start = System.nanoTime();
      gate.countDown();
      for (Future<?> one : asked) {
        try {
          one.get();
        } catch (ExecutionException e) {
          failed.incrementAndGet();
        }
      }
      return new Herd(loads.get(), failed.get(), (System.nanoTime() - start) / 1_000_000);
    } finally {
      instances.forEach(NearCache::close);
    }
  }

  private static String load(AtomicInteger loads) {
    loads.incrementAndGet();
    try {
      TimeUnit.MILLISECONDS.sleep(LOAD_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "v";
  }

  /**
   * Writes one value after another, each when the other process has seen the one before.
   *
   * @param written,stale take microseconds
   * @return how many values the other process had not seen after {@link #LOST_AFTER}
   */
  private int delay(Contender contender, Endpoint endpoint, Histogram written, Histogram stale)
      throws IOException, InterruptedException {
    int lost = 0;
    try (NearCache writer = contender.open(endpoint)) {
      writer.write(DelayReader.KEY, "0");
      Process other = startReader(contender, endpoint);
      try {
        BlockingQueue<Sight> sights = follow(other);
        Sight first = sights.poll(START_MAX.toNanos(), TimeUnit.NANOSECONDS);
        if (first == null) {
          throw new IllegalStateException("the reading process does not start");
        }
        for (int i = 1; i <= writes; i++) {
          TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
          long before = DelayReader.micros();
          writer.write(DelayReader.KEY, Integer.toString(i));
          long after = DelayReader.micros();
          written.recordValue(after - before);
          Sight seen = await(sights, i);
          if (seen == null) {
            lost++;
          } else {
            stale.recordValue(Math.max(0, seen.micros() - after));
          }
        }
      } finally {
        other.destroyForcibly();
        other.waitFor();
      }
    }
    return lost;
  }

  private record Sight(int value, long micros) {}

  private static @Nullable Sight await(BlockingQueue<Sight> sights, int value)
      throws InterruptedException {
    long end = System.nanoTime() + LOST_AFTER.toNanos();
    while (true) {
      Sight seen = sights.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (seen == null || seen.value() >= value) {
        return seen;
      }
    }
  }

  private static BlockingQueue<Sight> follow(Process other) {
    BlockingQueue<Sight> sights = new LinkedBlockingQueue<>();
    Thread.ofVirtual()
        .start(() ->
            other
                .inputReader()
                .lines()
                .map(SIGHT::matcher)
                .filter(Matcher::matches)
                .forEach(line ->
                    sights.add(
                        new Sight(
                            Integer.parseInt(line.group(1)), Long.parseLong(line.group(2))))));
    return sights;
  }

  private static Process startReader(Contender contender, Endpoint endpoint) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(endpoint.asProperties());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            DelayReader.class.getName(),
            contender.name()));
    return new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
  }
}
