package dev.tideline.scaling.simulation;

import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Collects numbers of requests by second, in any order. Not thread-safe. */
final class TraceCounts {

  /** Maximum number of distinct seconds. Each takes 16 bytes with its count. */
  static final int SECONDS_MAX = 10_000_000;

  /** Ten years. A longer range indicates an error in the times. */
  private static final int MINUTES_MAX = 10 * 366 * 24 * 60;

  private long[] seconds = new long[1024];
  private double[] requests = new double[1024];
  private int size;
  private int unordered;
  private int merged;

  /**
   * Adds requests. Counts of the same second are summed.
   *
   * @throws IllegalArgumentException if there are too many distinct seconds
   */
  void add(Instant at, double count) {
    long second = at.getEpochSecond();
    if (size > 0 && seconds[size - 1] == second) {
      requests[size - 1] += count;
      merged++;
      return;
    }
    if (size == seconds.length) {
      makeRoom();
    }
    unordered += size > 0 && second < seconds[size - 1] ? 1 : 0;
    seconds[size] = second;
    requests[size++] = count;
  }

  private void makeRoom() {
    sort();
    if (size > seconds.length / 2) {
      if (size >= SECONDS_MAX) {
        throw new IllegalArgumentException(
            "there are more than 10 million different times; aggregate them by minute first");
      }
      int roomier = Math.min(SECONDS_MAX, seconds.length * 2);
      seconds = Arrays.copyOf(seconds, roomier);
      requests = Arrays.copyOf(requests, roomier);
    }
  }

  /** Sorts the counts by time and merges those of the same second. */
  private void sort() {
    boolean ordered = true;
    for (int i = 1; i < size && ordered; i++) {
      ordered = seconds[i - 1] < seconds[i];
    }
    if (ordered) {
      return;
    }
    int[] order =
        IntStream.range(0, size)
            .boxed()
            .sorted(Comparator.comparingLong(i -> seconds[i]))
            .mapToInt(i -> i)
            .toArray();
    long[] sorted = new long[seconds.length];
    double[] counts = new double[seconds.length];
    int kept = 0;
    for (int i : order) {
      if (kept > 0 && sorted[kept - 1] == seconds[i]) {
        counts[kept - 1] += requests[i];
        merged++;
      } else {
        sorted[kept] = seconds[i];
        counts[kept++] = requests[i];
      }
    }
    seconds = sorted;
    requests = counts;
    size = kept;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** How many were earlier than the one before them. */
  int unordered() {
    return unordered;
  }

  /** How many were added to another of the same second; final once the trace has been built. */
  int merged() {
    return merged;
  }

  /**
   * Builds the trace.
   *
   * @param spread whether each count covers the time up to the next one
   */
  Trace trace(String name, boolean spread) {
    sort();
    long first = Math.floorDiv(seconds[0], 60);
    long last = Math.floorDiv(seconds[size - 1], 60);
    int step = spread ? stepMinutes() : 1;
    if (last - first + step > MINUTES_MAX) {
      throw new IllegalArgumentException(
          "%s covers %s to %s, which is more than ten years"
              .formatted(
                  name,
                  Instant.ofEpochSecond(seconds[0]),
                  Instant.ofEpochSecond(seconds[size - 1])));
    }
    double[] minutes = new double[(int) (last - first) + step];
    for (int i = 0; i < size; i++) {
      int minute = (int) (Math.floorDiv(seconds[i], 60) - first);
      for (int j = 0; j < step; j++) {
        minutes[minute + j] += requests[i] / step;
      }
    }
    return new Trace(name, Instant.ofEpochSecond(first * 60), minutes);
  }

  /** The median interval between two counts, in minutes, 1 to 1440. */
  private int stepMinutes() {
    long[] distances = new long[Math.max(0, size - 1)];
    for (int i = 0; i < distances.length; i++) {
      distances[i] = seconds[i + 1] - seconds[i];
    }
    Arrays.sort(distances);
    return distances.length == 0
        ? 1
        : Math.clamp(Math.round(distances[(distances.length - 1) / 2] / 60.0), 1, 1440);
  }
}
