package dev.tideline.service.metrics;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Hits in parts of requests over the last five minutes, to ten seconds. Thread-safe. */
final class HitRate {

  private static final Duration SLICE = Duration.ofSeconds(10);
  private static final int SLICES = 30;

  /** Counts of one slice of time; another one takes its place when it is past. */
  private static final class Slice {
    private final long number;
    private final LongAdder hits = new LongAdder();
    private final LongAdder requests = new LongAdder();

    Slice(long number) {
      this.number = number;
    }
  }

  private final LongSupplier nanos;
  private final AtomicReferenceArray<Slice> slices = new AtomicReferenceArray<>(SLICES);

  HitRate() {
    this(System::nanoTime);
  }

  HitRate(LongSupplier nanos) {
    this.nanos = nanos;
    for (int i = 0; i < SLICES; i++) {
      slices.set(i, new Slice(Long.MIN_VALUE));
    }
  }

  void count(boolean hit) {
    long number = Math.floorDiv(nanos.getAsLong(), SLICE.toNanos());
    int place = (int) Math.floorMod(number, (long) SLICES);
    Slice slice = slices.get(place);
    if (slice.number != number) {
      Slice fresh = new Slice(number);
      slice = slices.compareAndSet(place, slice, fresh) ? fresh : slices.get(place);
    }
    slice.requests.increment();
    if (hit) {
      slice.hits.increment();
    }
  }

  /** Empty without requests. */
  OptionalDouble now() {
    long number = Math.floorDiv(nanos.getAsLong(), SLICE.toNanos());
    long hits = 0;
    long requests = 0;
    for (int i = 0; i < SLICES; i++) {
      Slice slice = slices.get(i);
      if (slice.number > number - SLICES) {
        hits += slice.hits.sum();
        requests += slice.requests.sum();
      }
    }
    return requests == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) hits / requests);
  }
}
