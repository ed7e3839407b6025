package dev.tideline.bench.quality;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Plain item kNN (Sarwar, Karypis, Konstan and Riedl, 2001): cosine of the sets of people who
 * bought two products, the 100 nearest kept; and plain popularity.
 */
final class ItemKnn {

  private static final int NEIGHBORS = 100;

  private final Map<String, Set<String>> bought;
  private final List<String> items;
  private final Map<String, Integer> places = new HashMap<>();
  private final double[][] similarity;
  private final double[] buyers;

  ItemKnn(Map<String, Set<String>> bought) {
    this.bought = bought;
    Set<String> all = new TreeSet<>();
    bought.values().forEach(all::addAll);
    items = List.copyOf(all);
    for (int i = 0; i < items.size(); i++) {
      places.put(items.get(i), i);
    }
    similarity = new double[items.size()][items.size()];
    buyers = new double[items.size()];
    bought.values().forEach(this::count);
    for (int i = 0; i < items.size(); i++) {
      for (int j = 0; j < items.size(); j++) {
        similarity[i][j] = i == j ? 0 : similarity[i][j] / Math.sqrt(buyers[i] * buyers[j]);
      }
      keepNearest(similarity[i]);
    }
  }

  private void count(Set<String> together) {
    int[] ids = together.stream().mapToInt(places::get).toArray();
    for (int i : ids) {
      buyers[i]++;
      for (int j : ids) {
        similarity[i][j]++;
      }
    }
  }

  private static void keepNearest(double[] row) {
    double[] sorted = row.clone();
    Arrays.sort(sorted);
    double least = sorted[Math.max(0, sorted.length - NEIGHBORS)];
    for (int j = 0; j < row.length; j++) {
      row[j] = row[j] < least ? 0 : row[j];
    }
  }

  List<String> recommend(String user, boolean known, int limit) {
    double[] scores = new double[items.size()];
    for (String item : bought.getOrDefault(user, Set.of())) {
      double[] row = similarity[places.get(item)];
      for (int j = 0; j < scores.length; j++) {
        scores[j] += row[j];
      }
    }
    return best(user, known, scores, limit);
  }

  List<String> popular(String user, boolean known, int limit) {
    return best(user, known, buyers, limit);
  }

  private List<String> best(String user, boolean known, double[] scores, int limit) {
    Set<String> seen = known ? Set.of() : bought.getOrDefault(user, Set.of());
    List<Integer> order = new ArrayList<>(IntStream.range(0, items.size()).boxed().toList());
    order.sort(Comparator.comparingDouble((Integer i) -> scores[i]).reversed());
    return order.stream()
        .map(items::get)
        .filter(item -> !seen.contains(item))
        .limit(limit)
        .toList();
  }
}
