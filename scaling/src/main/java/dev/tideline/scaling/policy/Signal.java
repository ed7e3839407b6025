package dev.tideline.scaling.policy;

import java.util.Locale;
import java.util.OptionalDouble;

/** A measured value that has scaling thresholds. */
enum Signal {
  CPU("CPU") {
    @Override
    OptionalDouble of(Reading reading, OptionalDouble capacity) {
      return reading.cpu();
    }
  },
  MEMORY("memory") {
    @Override
    OptionalDouble of(Reading reading, OptionalDouble capacity) {
      return reading.memory();
    }
  },
  REQUEST_RATE("request rate, of capacity") {
    @Override
    OptionalDouble of(Reading reading, OptionalDouble capacity) {
      boolean known =
          reading.requestRate().isPresent() && capacity.isPresent() && reading.serving() > 0;
      return known
          ? OptionalDouble.of(
              reading.requestRate().getAsDouble() / (capacity.getAsDouble() * reading.serving()))
          : OptionalDouble.empty();
    }
  },
  LATENCY("p95 latency") {
    @Override
    OptionalDouble of(Reading reading, OptionalDouble capacity) {
      return reading.p95Seconds();
    }
  };

  private final String title;

  Signal(String title) {
    this.title = title;
  }

  /**
   * The value of the signal in a reading; empty if it is missing.
   *
   * @param capacity requests per second that one instance can handle; empty if unknown
   */
  abstract OptionalDouble of(Reading reading, OptionalDouble capacity);

  String title() {
    return title;
  }

  String show(double value) {
    return this == LATENCY
        ? String.format(Locale.ROOT, "%.0f ms", value * 1000)
        : String.format(Locale.ROOT, "%.0f %%", value * 100);
  }
}
