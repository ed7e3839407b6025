package dev.tideline.fleet.balancer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a backend for a request: round robin, the least busy backend (ties by round robin), or
 * the less busy of two backends chosen at random. Two random choices balance nearly as well as
 * comparing all backends ("The power of two choices in randomized load balancing", Mitzenmacher,
 * IEEE Transactions on Parallel and Distributed Systems 12, 2001) and do not send all requests to a
 * new backend.
 *
 * <p>A backend that has not warmed up gets fewer requests: round robin is NGINX's smooth weighted
 * round robin, and loads are divided by the weight. A backend that refuses connections is skipped
 * for a while if there is another one. A backend that fails repeatedly is skipped too, but never
 * more than half of the backends: if most of them fail, the cause is not in a single backend.
 * Thread-safe.
 */
final class BackendChoice {

  private final Balancer.Algorithm algorithm;
  private final LongSupplier nanoClock;
  private final IntUnaryOperator randomBelow;
  private final Map<String, BackendState> known = new ConcurrentHashMap<>();
  private volatile List<BackendState> routed = List.of();

  BackendChoice(
      Balancer.Algorithm algorithm, LongSupplier nanoClock, IntUnaryOperator randomBelow) {
    this.algorithm = algorithm;
    this.nanoClock = nanoClock;
    this.randomBelow = randomBelow;
  }

  synchronized void replace(List<Backend> now) {
    List<BackendState> next = new ArrayList<>();
    for (Backend backend : now) {
      BackendState member = known.get(backend.name());
      if (member == null || !member.backend().equals(backend)) {
        member = new BackendState(backend, nanoClock); // a new process, cold
        known.put(backend.name(), member);
      }
      next.add(member);
    }
    routed = List.copyOf(next);
    // a removed backend is tracked until it has answered its requests
    known.values().removeIf(member -> !next.contains(member) && member.isIdle());
  }

  /**
   * Chooses the next backend for a request that may already have failed on some. A failed backend
   * is chosen again only if no other is left; then one that accepts connections is preferred.
   *
   * @param preferred name of the backend that served the session before, if any
   */
  Optional<BackendState> next(Set<BackendState> failed, @Nullable String preferred) {
    List<BackendState> eligible = eligible(failed);
    if (eligible.isEmpty()) {
      return Optional.empty();
    }
    for (BackendState member : eligible) {
      if (member.backend().name().equals(preferred)) {
        return Optional.of(member);
      }
    }
    return Optional.of(
        switch (algorithm) {
          case ROUND_ROBIN -> byTurn(eligible);
          case LEAST_CONNECTIONS -> byTurn(leastBusy(eligible));
          case TWO_CHOICES -> ofTwo(eligible);
        });
  }

  private List<BackendState> eligible(Set<BackendState> failed) {
    List<BackendState> all = routed;
    List<BackendState> sound = without(all, BackendState::isEjected);
    List<BackendState> trusted = sound.size() * 2 >= all.size() ? sound : all;
    Predicate<BackendState> hasFailed = failed::contains;
    return Stream.of(
            without(trusted, hasFailed.or(BackendState::isSuspected)),
            without(all, hasFailed.or(BackendState::isSuspected)),
            without(all, hasFailed),
            without(all, BackendState::isSuspected),
            all)
        .filter(left -> !left.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  private static List<BackendState> without(
      List<BackendState> members, Predicate<BackendState> left) {
    return members.stream().filter(left.negate()).toList();
  }

  private synchronized BackendState byTurn(List<BackendState> of) {
    double all = 0;
    double nearest = Double.NEGATIVE_INFINITY;
    BackendState next = of.getFirst();
    for (BackendState member : of) {
      double weight = member.weight();
      all += weight;
      double turn = member.approach(weight);
      if (turn > nearest) {
        nearest = turn;
        next = member;
      }
    }
    next.took(all);
    return next;
  }

  private static List<BackendState> leastBusy(List<BackendState> of) {
    double[] loads = of.stream().mapToDouble(BackendState::load).toArray();
    double least = Arrays.stream(loads).min().orElseThrow();
    return IntStream.range(0, loads.length)
        .filter(i -> loads[i] <= least)
        .mapToObj(of::get)
        .toList();
  }

  private BackendState ofTwo(List<BackendState> of) {
    if (of.size() == 1) {
      return of.getFirst();
    }
    int first = randomBelow.applyAsInt(of.size());
    int other = (first + 1 + randomBelow.applyAsInt(of.size() - 1)) % of.size();
    return of.get(other).load() < of.get(first).load() ? of.get(other) : of.get(first);
  }

  /** All backends in use, and removed ones that have not answered all their requests. */
  List<BackendState> members() {
    return List.copyOf(known.values());
  }

  /** Whether there is another backend besides a member and those that have failed. */
  boolean hasOther(BackendState than, Set<BackendState> failed) {
    return routed.stream().anyMatch(member -> member != than && !failed.contains(member));
  }

  /** Whether a backend that has been removed has answered all its requests. */
  boolean isIdle(Backend backend) {
    BackendState member = known.get(backend.name());
    return member == null || member.isIdle();
  }
}
