package dev.tideline.scaling.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * The Pareto front of several outcomes: those that no other outcome beats in both cost and latency.
 */
public final class Pareto {

  private Pareto() {}

  /** The front by instance hours and minutes above target, cheapest first. */
  public static <T> List<T> front(List<T> all, Function<T, Timeline> outcome) {
    List<T> sorted = new ArrayList<>(all);
    sorted.sort(
        Comparator.<T>comparingDouble(one -> outcome.apply(one).instanceHours())
            .thenComparingDouble(one -> outcome.apply(one).minutesAboveTarget()));
    List<T> front = new ArrayList<>();
    double best = Double.POSITIVE_INFINITY;
    for (T one : sorted) {
      double above = outcome.apply(one).minutesAboveTarget();
      if (above < best) {
        front.add(one);
        best = above;
      }
    }
    return front;
  }
}
