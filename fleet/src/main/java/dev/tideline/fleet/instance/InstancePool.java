package dev.tideline.fleet.instance;

import dev.tideline.fleet.FleetException;
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

/** The instances of a fleet; tells the balancer which of them may have requests. */
public final class InstancePool implements AutoCloseable {

  /** One instance as it is now; {@code pid} is -1 while it has no process. */
  public record View(String name, String url, long pid, InstanceState state) {}

  private final Balancer balancer;
  private final HttpClient http;
  private final List<Instance> instances = new CopyOnWriteArrayList<>();

  public InstancePool(Balancer balancer) {
    this.balancer = balancer;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /** Starts an instance on each port, all at once, and waits until all are ready. */
  public void start(InstanceSettings settings, List<Integer> ports) throws InterruptedException {
    for (int port : ports) {
      Backend backend = new Backend("instance-" + (instances.size() + 1), port);
      instances.add(new Instance(backend, settings, http, this::reroute));
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
      throw e.getCause() instanceof FleetException known
          ? known
          : new FleetException("cannot start the instances", e.getCause());
    }
  }

  /**
   * The healthy ones; where none is, those that are out for their health: all unhealthy is more
   * likely the fault of what they share, and then any answer beats none.
   */
  private synchronized void reroute() {
    List<Backend> healthy = backends(InstanceState.HEALTHY);
    balancer.route(healthy.isEmpty() ? backends(InstanceState.UNHEALTHY) : healthy);
  }

  private List<Backend> backends(InstanceState state) {
    return instances.stream()
        .filter(instance -> instance.state() == state)
        .map(Instance::backend)
        .toList();
  }

  public List<View> views() {
    return instances.stream()
        .map(instance ->
            new View(
                instance.backend().name(),
                instance.backend().url(),
                instance.pid(),
                instance.state()))
        .toList();
  }

  /** Takes all out of the balancer and stops them, all at once. */
  @Override
  public void close() {
    instances.forEach(Instance::drain);
    try (ExecutorService stoppers = Executors.newVirtualThreadPerTaskExecutor()) {
      instances.forEach(instance -> stoppers.execute(instance::close));
    }
    http.close();
  }
}
