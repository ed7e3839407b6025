package dev.tideline.scaling.simulation;

import java.time.Instant;
import java.util.Arrays;

/**
 * Traffic by the minute.
 *
 * @param start of its first minute
 * @param requests in each minute, 0 to 10^12; not changed
 */
@SuppressWarnings("ArrayRecordComponent") // months of minutes
public record Trace(String name, Instant start, double[] requests) {

  public Trace {
    if (requests.length == 0) {
      throw new IllegalArgumentException("a trace without a minute: " + name);
    }
    for (double count : requests) {
      if (!(count >= 0) || count > TraceReader.REQUESTS_MAX) {
        throw new IllegalArgumentException(
            "not a number of requests in a minute, 0 to 10^12: " + count);
      }
    }
  }

  public int minutes() {
    return requests.length;
  }

  /** Requests a second in a minute. */
  double rate(int minute) {
    return requests[minute] / 60;
  }

  /** The rate that so many of the minutes do not exceed, in requests a second. */
  public double quantile(double part) {
    double[] sorted = requests.clone();
    Arrays.sort(sorted);
    int index = (int) Math.ceil(part * sorted.length) - 1;
    return sorted[Math.clamp(index, 0, sorted.length - 1)] / 60;
  }
}
