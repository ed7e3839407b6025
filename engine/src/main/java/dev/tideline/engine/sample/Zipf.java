package dev.tideline.engine.sample;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Draws ranks 0 to n - 1 with probability proportional to 1 / (rank + 1) (Zipf's law with exponent
 * 1).
 */
final class Zipf {

  private final double[] cumulative;

  Zipf(int n) {
    cumulative = new double[n];
    double sum = 0;
    for (int rank = 0; rank < n; rank++) {
      sum += 1.0 / (rank + 1);
      cumulative[rank] = sum;
    }
  }

  int next(RandomGenerator random) {
    double point = random.nextDouble() * cumulative[cumulative.length - 1];
    int found = Arrays.binarySearch(cumulative, point);
    return found >= 0 ? Math.min(found + 1, cumulative.length - 1) : -found - 1;
  }
}
