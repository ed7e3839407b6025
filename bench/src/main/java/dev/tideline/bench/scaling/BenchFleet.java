package dev.tideline.bench.scaling;

import dev.tideline.bench.load.CpuShare;
import dev.tideline.bench.load.InstanceProcess;
import dev.tideline.bench.load.LoadedShop;
import dev.tideline.bench.load.OpenLoop;
import dev.tideline.fleet.balancer.Backend;
import dev.tideline.fleet.balancer.Balancer.Balancing;
import dev.tideline.fleet.balancer.BuiltInBalancer;
import dev.tideline.fleet.instance.InstancePool;
import dev.tideline.fleet.instance.InstanceSettings;
import dev.tideline.fleet.instance.InstanceState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Instances behind the built-in balancer, each held to a share of a core from when it is warm: so
 * that more of them carry more, on a machine that has not as many cores. While one starts the
 * others go first, as if it were on a machine of its own.
 */
final class BenchFleet implements AutoCloseable {

  private static final Duration HEALTH_INTERVAL = Duration.ofSeconds(2);
  private static final Duration WARM_MAX = Duration.ofSeconds(30);

  /** Soon, else one that starts is the others' equal until it is seen. */
  private static final Duration LOOK = Duration.ofMillis(50);

  private static final Duration QUIET = Duration.ofMillis(500);

  private final LoadedShop shop;
  private final double share;
  private final int port;
  private final BuiltInBalancer balancer;
  private final InstancePool pool;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<Long, CpuShare> groups = new ConcurrentHashMap<>();

  /** Since when each process serves. */
  private final Map<Long, Long> serving = new HashMap<>();

  /** Processes that are held to their share. */
  private final Set<Long> held = ConcurrentHashMap.newKeySet();

  /** When each process was looked at last, and the CPU time that it had used by then. */
  private final Map<Long, long[]> looked = new HashMap<>();

  private final Thread sharing;
  private volatile boolean isShared = true;
  private volatile boolean isFree;

  /**
   * Starts so many instances.
   *
   * @param java options of their JVMs
   * @param failuresOut failed checks in a row after which one is sent nothing
   */
  BenchFleet(LoadedShop shop, int instances, double share, String java, int failuresOut)
      throws InterruptedException {
    this.shop = shop;
    this.share = share;
    this.port = shop.freePort();
    this.balancer = BuiltInBalancer.start(port, Balancing.DEFAULT);
    this.pool = new InstancePool(balancer);
    this.sharing = Thread.ofVirtual().unstarted(this::share);
    Path root = shop.root();
    pool.start(
        new InstanceSettings(
            InstanceProcess.command(System.getProperty("java.class.path")),
            // it rehearses until it is warm: then its share is enough
            shop.environment(
                Map.of(
                    "TIDELINE_REHEARSAL", "60s",
                    "TIDELINE_CACHE_TTL_SEARCH", "1h",
                    "TIDELINE_CACHE_TTL_QUERY", "1h",
                    "JAVA_TOOL_OPTIONS", java)),
            root,
            root.resolve("log"),
            root.resolve("run"),
            HEALTH_INTERVAL,
            failuresOut),
        Stream.generate(shop::freePort).limit(instances).toList());
    sharing.start();
  }

  private void share() {
    try {
      while (true) {
        for (InstancePool.View view : isFree ? List.<InstancePool.View>of() : pool.views()) {
          if (view.pid() > 0 && !held.contains(view.pid())) { // it has none between two processes
            share(view);
          }
        }
        TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      }
    } catch (InterruptedException e) {
      // close() wants this thread to end
    }
  }

  /**
   * While it starts the others go first; when it serves it is their equal; when it is warm it is
   * held.
   */
  private void share(InstancePool.View view) throws InterruptedException {
    boolean isHealthy = view.state() == InstanceState.HEALTHY;
    CpuShare group = groups.get(view.pid());
    if (group == null) {
      CpuShare.inBackground("instance-" + view.pid(), view.pid())
          .ifPresentOrElse(made -> groups.put(view.pid(), made), () -> isShared = false);
    } else if (isHealthy && serving.putIfAbsent(view.pid(), System.nanoTime()) == null) {
      group.toForeground();
    } else if (isHealthy
        && (System.nanoTime() - serving.get(view.pid()) > WARM_MAX.toNanos()
            || (isQuiet(view.pid()) && isWarm(view.url())))) {
      isShared &= group.limit(share);
      held.add(view.pid());
    }
  }

  /** Whether it has used less than its share for half a second: its compilers have ended. */
  private boolean isQuiet(long pid) {
    long now = System.nanoTime();
    long[] before = looked.get(pid);
    if (before != null && now - before[0] < QUIET.toNanos()) {
      return false;
    }
    long used = cpuNanos(pid);
    looked.put(pid, new long[] {now, used});
    return before != null && used - before[1] < share * (now - before[0]);
  }

  private static long cpuNanos(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().totalCpuDuration())
        .map(Duration::toNanos)
        .orElse(0L);
  }

  private boolean isWarm(String url) throws InterruptedException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + "/health/ready"))
              .timeout(Duration.ofSeconds(2))
              .build();
      return http.send(request, BodyHandlers.ofString()).body().contains("\"warmth\":1.0");
    } catch (IOException e) {
      return false;
    }
  }

  List<InstancePool.View> healthy() {
    return pool.views().stream().filter(view -> view.state() == InstanceState.HEALTHY).toList();
  }

  /** Makes it so many, and waits until each has its share. */
  void resize(int instances) throws InterruptedException {
    while (pool.size() < instances) {
      pool.add(shop.freePort());
    }
    while (pool.size() > instances) {
      pool.removeOne();
    }
    while (isShared && !isFree && !healthy().stream().allMatch(view -> held.contains(view.pid()))) {
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
    }
  }

  /**
   * Makes it so many, and has them answer without a bound until compilers have little left to do;
   * then each has its share.
   *
   * @param rate requests a second for each, in the end; a fifth of it at first
   */
  void warm(int instances, Supplier<URI> requests, double rate, Duration length)
      throws InterruptedException {
    isFree = true;
    resize(instances);
    OpenLoop.run(
        http,
        requests,
        second -> rate * instances * (0.2 + 0.8 * second / length.toSeconds()),
        length,
        (uri, answer, nanos) -> {});
    isFree = false;
    resize(instances);
  }

  /** CPU seconds that so many of them have used so far. */
  double cpuSeconds(int instances) {
    return healthy().stream().limit(instances).mapToLong(view -> cpuNanos(view.pid())).sum() / 1e9;
  }

  /** Sends requests to so many of them alone. */
  void route(int instances) {
    balancer.route(
        healthy().stream()
            .limit(instances)
            .map(view -> new Backend(view.name(), URI.create(view.url()).getPort()))
            .toList());
  }

  void replaceEach() throws InterruptedException {
    pool.replaceEach(shop::freePort);
  }

  InstancePool pool() {
    return pool;
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  HttpClient http() {
    return http;
  }

  /** Whether this machine lets control groups be made. */
  boolean isShared() {
    return isShared;
  }

  @Override
  public void close() throws IOException {
    sharing.interrupt();
    pool.close();
    balancer.close();
    http.close();
    for (CpuShare group : groups.values()) {
      group.close();
    }
  }
}
