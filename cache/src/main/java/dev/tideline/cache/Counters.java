package dev.tideline.cache;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts the events of one cache, and forwards them to the listener. Thread-safe. */
final class Counters {

  private final String cache;
  private final CacheListener listener;
  private final Map<Tier, Map<Verdict, LongAdder>> verdicts = new EnumMap<>(Tier.class);
  private final LongAdder loads = new LongAdder();
  private final LongAdder loadNanos = new LongAdder();

  Counters(String cache, CacheListener listener) {
    this.cache = cache;
    this.listener = listener;
    for (Tier tier : Tier.values()) {
      Map<Verdict, LongAdder> counts = new EnumMap<>(Verdict.class);
      for (Verdict verdict : Verdict.values()) {
        counts.put(verdict, new LongAdder());
      }
      verdicts.put(tier, counts);
    }
  }

  void asked(Tier tier, Verdict verdict) {
    LongAdder count = verdicts.getOrDefault(tier, Map.of()).get(verdict);
    if (count != null) {
      count.increment();
    }
    listener.asked(tier, cache, verdict);
  }

  void answered(Cached.Source source) {
    listener.answered(cache, source);
  }

  void loaded(long nanos) {
    loads.increment();
    loadNanos.add(nanos);
    listener.loaded(cache, Duration.ofNanos(nanos));
  }

  void failed() {
    listener.failed(cache);
  }

  void warmed() {
    listener.warmed(cache);
  }

  void warmedHit() {
    listener.warmedHit(cache);
  }

  void joinRejected() {
    listener.joinRejected(cache);
  }

  Map<Tier, Map<Verdict, Long>> verdicts() {
    Map<Tier, Map<Verdict, Long>> seen = new EnumMap<>(Tier.class);
    verdicts.forEach((tier, counts) -> {
      Map<Verdict, Long> of = new EnumMap<>(Verdict.class);
      counts.forEach((verdict, count) -> {
        if (count.sum() > 0) {
          of.put(verdict, count.sum());
        }
      });
      seen.put(tier, of);
    });
    return seen;
  }

  long loads() {
    return loads.sum();
  }

  double loadMillis() {
    long count = loads.sum();
    return count == 0 ? 0 : loadNanos.sum() / 1e6 / count;
  }
}
