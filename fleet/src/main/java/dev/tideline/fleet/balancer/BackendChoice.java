package dev.tideline.fleet.balancer;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Chooses a backend for a request: in turn, or the one with the fewest requests under way (ties in
 * turn). A backend that has just refused a connection is passed over for a second while there is
 * another. Thread-safe.
 */
final class BackendChoice {

  static final Duration SUSPICION = Duration.ofSeconds(1);

  private final Balancer.Algorithm algorithm;
  private final LongSupplier nanoClock;
  private final AtomicInteger turn = new AtomicInteger();
  private final Map<String, AtomicInteger> inFlight = new ConcurrentHashMap<>();
  private final Map<String, Long> suspectedAt = new ConcurrentHashMap<>();
  private volatile List<Backend> backends = List.of();

  BackendChoice(Balancer.Algorithm algorithm, LongSupplier nanoClock) {
    this.algorithm = algorithm;
    this.nanoClock = nanoClock;
  }

  void replace(List<Backend> now) {
    backends = List.copyOf(now);
    Set<String> names = Set.copyOf(now.stream().map(Backend::name).toList());
    inFlight.keySet().retainAll(names);
    suspectedAt.keySet().retainAll(names);
  }

  /**
   * The backend for a request that has already failed on some; one of them again only where no
   * other is left.
   */
  Optional<Backend> next(Set<Backend> failed) {
    List<Backend> now = backends;
    if (now.isEmpty()) {
      return Optional.empty();
    }
    int first = Math.floorMod(turn.getAndIncrement(), now.size());
    List<Backend> byTurn =
        IntStream.range(0, now.size()).mapToObj(i -> now.get((first + i) % now.size())).toList();
    Comparator<Backend> preference =
        Comparator.<Backend, Boolean>comparing(failed::contains).thenComparing(this::isSuspected);
    if (algorithm == Balancer.Algorithm.LEAST_CONNECTIONS) {
      preference = preference.thenComparingInt(this::inFlight);
    }
    return byTurn.stream().min(preference); // the first of equals, so ties go by turns
  }

  void begin(Backend backend) {
    inFlight.computeIfAbsent(backend.name(), name -> new AtomicInteger()).incrementAndGet();
  }

  void end(Backend backend) {
    AtomicInteger count = inFlight.get(backend.name());
    if (count != null) {
      count.decrementAndGet();
    }
  }

  void suspect(Backend backend) {
    suspectedAt.put(backend.name(), nanoClock.getAsLong());
  }

  void trust(Backend backend) {
    suspectedAt.remove(backend.name());
  }

  private int inFlight(Backend backend) {
    AtomicInteger count = inFlight.get(backend.name());
    return count == null ? 0 : count.get();
  }

  private boolean isSuspected(Backend backend) {
    Long since = suspectedAt.get(backend.name());
    return since != null && nanoClock.getAsLong() - since < SUSPICION.toNanos();
  }
}
