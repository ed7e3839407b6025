package dev.tideline.fleet.balancer;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Chooses a backend for a request: in turn, or the one with the fewest requests under way (ties in
 * turn), or the less busy of two that chance picks: which does nearly as well as looking at all
 * ("The power of two choices in randomized load balancing", Mitzenmacher, IEEE Transactions on
 * Parallel and Distributed Systems 12, 2001) and, unlike that, does not send everyone to the one
 * that has just come. A backend that has just refused a connection is passed over for a second
 * while there is another. Thread-safe.
 */
final class BackendChoice {

  static final Duration SUSPICION = Duration.ofSeconds(1);

  private final Balancer.Algorithm algorithm;
  private final LongSupplier nanoClock;
  private final IntUnaryOperator randomBelow;
  private final AtomicInteger turn = new AtomicInteger();
  private final Map<String, AtomicInteger> inFlight = new ConcurrentHashMap<>();
  private final Map<String, Long> suspectedAt = new ConcurrentHashMap<>();
  private volatile List<Backend> backends = List.of();

  BackendChoice(
      Balancer.Algorithm algorithm, LongSupplier nanoClock, IntUnaryOperator randomBelow) {
    this.algorithm = algorithm;
    this.nanoClock = nanoClock;
    this.randomBelow = randomBelow;
  }

  void replace(List<Backend> now) {
    backends = List.copyOf(now);
    Set<String> names = Set.copyOf(now.stream().map(Backend::name).toList());
    // who is out goes on to be counted until it has answered what it was sent
    inFlight.entrySet().removeIf(one -> !names.contains(one.getKey()) && one.getValue().get() == 0);
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
    Comparator<Backend> preference =
        Comparator.<Backend, Boolean>comparing(failed::contains).thenComparing(this::isSuspected);
    return switch (algorithm) {
      case ROUND_ROBIN -> byTurn(now).stream().min(preference); // the first of equals
      case LEAST_CONNECTIONS ->
          byTurn(now).stream().min(preference.thenComparingInt(this::inFlight));
      case TWO_CHOICES -> ofTwo(now, preference);
    };
  }

  private List<Backend> byTurn(List<Backend> now) {
    int first = Math.floorMod(turn.getAndIncrement(), now.size());
    return IntStream.range(0, now.size()).mapToObj(i -> now.get((first + i) % now.size())).toList();
  }

  /** The less busy of two, both of the preferred ones if there are as many. */
  private Optional<Backend> ofTwo(List<Backend> now, Comparator<Backend> preference) {
    Backend best = now.stream().min(preference).orElseThrow();
    List<Backend> eligible =
        now.stream().filter(one -> preference.compare(one, best) == 0).toList();
    int first = randomBelow.applyAsInt(eligible.size());
    if (eligible.size() == 1) {
      return Optional.of(eligible.getFirst());
    }
    int other = (first + 1 + randomBelow.applyAsInt(eligible.size() - 1)) % eligible.size();
    return Stream.of(eligible.get(first), eligible.get(other))
        .min(Comparator.comparingInt(this::inFlight));
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

  boolean isIdle(Backend backend) {
    return inFlight(backend) == 0;
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
