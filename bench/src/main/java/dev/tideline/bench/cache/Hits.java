package dev.tideline.bench.cache;

import java.net.http.HttpResponse;
import java.util.concurrent.atomic.LongAdder;

/** Counts answers by what their {@code Cache-Status} says. Thread-safe. */
final class Hits {

  private final LongAdder answers = new LongAdder();
  private final LongAdder local = new LongAdder();
  private final LongAdder redis = new LongAdder();

  /** An answer was all there if the last tier that was asked for it had all of it. */
  void count(HttpResponse<?> answer) {
    String status = answer.headers().firstValue("cache-status").orElse("");
    answers.increment();
    if (status.startsWith("local; hit")) {
      local.increment();
    } else if (status.contains("redis; hit")) {
      redis.increment();
    }
  }

  long answers() {
    return answers.sum();
  }

  double localRate() {
    return (double) local.sum() / Math.max(1, answers.sum());
  }

  /** In parts of all answers, those that no database was read for. */
  double rate() {
    return (double) (local.sum() + redis.sum()) / Math.max(1, answers.sum());
  }
}
