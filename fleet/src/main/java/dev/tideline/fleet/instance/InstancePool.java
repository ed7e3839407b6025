package dev.tideline.fleet.instance;

import dev.tideline.embedded.process.ServerException;
import dev.tideline.fleet.balancer.Backend;
import dev.tideline.fleet.balancer.Balancer;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The instances of a fleet. Keeps the balancer's list of backends up to date. */
public final class InstancePool implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(InstancePool.class);

  /** The current state of one instance; {@code pid} is -1 while it has no process. */
  public record View(String name, String url, long pid, InstanceState state) {}

  /** How long an instance that is being removed may take to answer the requests it has. */
  private static final Duration DRAIN_MAX = Duration.ofSeconds(30);

  private static final Duration DRAIN_POLL = Duration.ofMillis(20);

  private final Balancer balancer;
  private final HttpClient http;
  private final List<Instance> instances = new CopyOnWriteArrayList<>();
  private final ReentrantLock resizing = new ReentrantLock();
  private final AtomicInteger size = new AtomicInteger();
  private @Nullable InstanceSettings settings;
  private volatile boolean closed;

  /** Whether the last update of the balancer failed. */
  private volatile boolean isOutdated;

  private final Instance.Surroundings surroundings =
      new Instance.Surroundings() {
        @Override
        public void changed() {
          reroute();
        }

        @Override
        public void checked() {
          if (isOutdated) {
            reroute();
          }
        }

        @Override
        public boolean othersServe(Instance than) {
          return instances.stream()
              .anyMatch(one -> one != than && one.state() == InstanceState.HEALTHY);
        }
      };

  public InstancePool(Balancer balancer) {
    this.balancer = balancer;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /** Starts an instance on each port in parallel and waits until all are ready. */
  public void start(InstanceSettings ofAll, List<Integer> ports) throws InterruptedException {
    settings = ofAll;
    size.set(ports.size());
    for (int port : ports) {
      instances.add(new Instance(new Backend(freeName(), port), ofAll, http, surroundings));
    }
    try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> starts = new ArrayList<>();
      for (Instance instance : instances) {
        starts.add(
            starters.submit(() -> {
              instance.start();
              return null;
            }));
      }
      for (Future<?> start : starts) {
        start.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ServerException known
          ? known
          : new ServerException("cannot start the instances", e.getCause());
    }
  }

  private String freeName() {
    List<String> taken = instances.stream().map(one -> one.backend().name()).toList();
    int number = 1;
    while (taken.contains("instance-" + number)) {
      number++;
    }
    return "instance-" + number;
  }

  /**
   * Adds an instance and returns when it is ready.
   *
   * @throws ServerException if it does not become ready; it is removed again
   */
  public View add(int port) throws InterruptedException {
    resizing.lockInterruptibly();
    try {
      size.incrementAndGet();
      return join(port);
    } catch (ServerException | InterruptedException e) {
      size.decrementAndGet();
      throw e;
    } finally {
      resizing.unlock();
    }
  }

  private View join(int port) throws InterruptedException {
    if (settings == null) {
      throw new ServerException("the fleet is not up");
    }
    Instance instance = new Instance(new Backend(freeName(), port), settings, http, surroundings);
    instances.add(instance);
    try {
      if (closed) { // checked after adding it to the list that close() stops
        throw new ServerException("the fleet is no longer up");
      }
      instance.start();
      return view(instance);
    } catch (ServerException | InterruptedException e) {
      instances.remove(instance);
      instance.close();
      throw e;
    }
  }

  /**
   * Removes an instance: the newest that is not healthy, or the newest if all are healthy. A
   * healthy instance is first taken out of the balancer and has 30 s to answer its requests.
   *
   * @throws ServerException if it is the last instance
   */
  public View removeOne() throws InterruptedException {
    resizing.lockInterruptibly();
    try {
      if (instances.size() < 2) {
        throw new ServerException("cannot remove the last instance");
      }
      Instance leaving =
          instances.reversed().stream()
              .filter(one -> one.state() != InstanceState.HEALTHY)
              .findFirst()
              .orElse(instances.getLast());
      remove(leaving);
      size.decrementAndGet();
      return view(leaving);
    } finally {
      resizing.unlock();
    }
  }

  /**
   * Replaces every instance, one at a time. Each new instance is ready before the old one is
   * removed, so the number of instances never falls.
   *
   * @param freePort supplies a free port for each new instance
   * @throws ServerException if a new instance does not become ready; the remaining instances are
   *     not replaced
   */
  public void replaceEach(IntSupplier freePort) throws InterruptedException {
    resizing.lockInterruptibly();
    try {
      for (Instance old : List.copyOf(instances)) {
        join(freePort.getAsInt());
        remove(old);
      }
    } finally {
      resizing.unlock();
    }
  }

  private void remove(Instance leaving) throws InterruptedException {
    boolean answers = leaving.state() == InstanceState.HEALTHY;
    leaving.drain();
    long end = System.nanoTime() + DRAIN_MAX.toNanos();
    while (answers && !balancer.isIdle(leaving.backend()) && System.nanoTime() - end < 0) {
      TimeUnit.NANOSECONDS.sleep(DRAIN_POLL.toNanos());
    }
    leaving.close();
    instances.remove(leaving);
  }

  /**
   * Routes to the healthy instances or, if there are none, to the unhealthy ones. If all are
   * unhealthy, the cause is probably something they share, and they may still answer some requests.
   */
  private synchronized void reroute() {
    List<Backend> healthy = backends(InstanceState.HEALTHY);
    try {
      balancer.route(healthy.isEmpty() ? backends(InstanceState.UNHEALTHY) : healthy);
      isOutdated = false;
    } catch (RuntimeException e) {
      if (!isOutdated) {
        log.warn("cannot update the balancer's list of instances; retrying: {}", e.getMessage());
      }
      isOutdated = true;
    }
  }

  private List<Backend> backends(InstanceState state) {
    return instances.stream()
        .filter(instance -> instance.state() == state)
        .map(Instance::backend)
        .toList();
  }

  /**
   * The desired number of instances. An instance that is being replaced and its replacement count
   * once.
   */
  public int size() {
    return size.get();
  }

  /** All instances, including those that are starting or draining. */
  public List<View> views() {
    return instances.stream().map(InstancePool::view).toList();
  }

  private static View view(Instance instance) {
    return new View(
        instance.backend().name(), instance.backend().url(), instance.pid(), instance.state());
  }

  /** Takes all instances out of the balancer and stops them in parallel. */
  @Override
  public void close() {
    closed = true;
    instances.forEach(Instance::drain);
    try (ExecutorService stoppers = Executors.newVirtualThreadPerTaskExecutor()) {
      instances.forEach(instance -> stoppers.execute(instance::close));
    }
    http.close();
  }
}
