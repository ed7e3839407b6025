package dev.tideline.scaling.simulation;

import java.time.Instant;
import java.util.Arrays;

/**
 * The number of requests in each minute.
 *
 * @param start start of the first minute
 * @param requests number of requests in each minute, 0 to 10^12; the array must not be modified
 */
@SuppressWarnings("ArrayRecordComponent") // months of minutes
public record Trace(String name, Instant start, double[] requests) {

  public Trace {
    if (requests.length == 0) {
      throw new IllegalArgumentException("the trace is empty: " + name);
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

  /** Requests per second in a minute. */
  double rate(int minute) {
    return requests[minute] / 60;
  }

  /** A quantile of the rates of all minutes, in requests per second. */
  public double quantile(double part) {
    double[] sorted = requests.clone();
    Arrays.sort(sorted);
    int index = (int) Math.ceil(part * sorted.length) - 1;
    return sorted[Math.clamp(index, 0, sorted.length - 1)] / 60;
  }
}
