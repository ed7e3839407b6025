package dev.tideline.routing.route;

import dev.tideline.routing.node.ReplicaCandidate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** The built-in selectors. */
public enum ReplicaSelection {
  /** Weighted round robin. */
  ROUND_ROBIN,
  /** Round robin among the replicas that are at most a poll interval behind the freshest. */
  LEAST_LAG,
  /**
   * The less busy of two chosen at random, by requests in flight and latency (Mitzenmacher, "The
   * Power of Two Choices in Randomized Load Balancing", 2001).
   */
  LEAST_BUSY;

  /** Creates a selector; each router needs its own. */
  public ReplicaSelector selector() {
    return switch (this) {
      case ROUND_ROBIN -> new RoundRobin();
      case LEAST_LAG -> new LeastLag();
      case LEAST_BUSY -> ReplicaSelection::lessBusyOfTwo;
    };
  }

  private static int lessBusyOfTwo(List<? extends ReplicaCandidate> candidates) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int first = random.nextInt(candidates.size());
    int second = (first + 1 + random.nextInt(candidates.size() - 1)) % candidates.size();
    return load(candidates.get(second)) < load(candidates.get(first)) ? second : first;
  }

  /** The approximate wait of one more request. */
  private static double load(ReplicaCandidate candidate) {
    return (candidate.inFlight() + 1.0)
        * Math.max(candidate.latencyNanos(), 1)
        / candidate.weight();
  }

  /**
   * Selects from a schedule in which replicas of a higher weight occur more often, evenly spread.
   */
  private static final class RoundRobin implements ReplicaSelector {

    private record Schedule(List<? extends ReplicaCandidate> candidates, List<Integer> order) {}

    private final AtomicInteger turn = new AtomicInteger();
    private volatile Schedule schedule = new Schedule(List.of(), List.of());

    @Override
    @SuppressWarnings("ReferenceEquality") // the same list means the same replicas
    public int select(List<? extends ReplicaCandidate> candidates) {
      Schedule current = schedule;
      if (current.candidates() != candidates) {
        current = new Schedule(candidates, order(candidates));
        schedule = current;
      }
      return current.order().get(Math.floorMod(turn.getAndIncrement(), current.order().size()));
    }

    /**
     * Smooth weighted round robin, as in NGINX: in each round every replica gains its weight as
     * credit; the one with the most credit is selected and pays the sum of all weights.
     */
    private static List<Integer> order(List<? extends ReplicaCandidate> candidates) {
      int total = candidates.stream().mapToInt(ReplicaCandidate::weight).sum();
      List<Integer> order = new ArrayList<>(total);
      int[] credit = new int[candidates.size()];
      for (int i = 0; i < total; i++) {
        int richest = 0;
        for (int j = 0; j < credit.length; j++) {
          credit[j] += candidates.get(j).weight();
          if (credit[j] > credit[richest]) {
            richest = j;
          }
        }
        credit[richest] -= total;
        order.add(richest);
      }
      return List.copyOf(order);
    }
  }

  private static final class LeastLag implements ReplicaSelector {

    /** Lag is polled: differences within a poll interval are not significant. */
    private static final long ALIKE_MILLIS = 1_000;

    private final AtomicInteger turn = new AtomicInteger();

    @Override
    public int select(List<? extends ReplicaCandidate> candidates) {
      long least = Long.MAX_VALUE;
      for (ReplicaCandidate candidate : candidates) {
        least = Math.min(least, candidate.lagMillis());
      }
      List<Integer> freshest = new ArrayList<>(candidates.size());
      for (int i = 0; i < candidates.size(); i++) {
        if (candidates.get(i).lagMillis() <= least + ALIKE_MILLIS) {
          freshest.add(i);
        }
      }
      return freshest.get(Math.floorMod(turn.getAndIncrement(), freshest.size()));
    }
  }
}
