package dev.tideline.bench.cache;

import dev.tideline.bench.cache.NearCache.Contender;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Another process, which reads one key again and again and tells when it saw each of its values
 * first: a line with the value and the microseconds since 1970.
 */
final class DelayReader {

  static final String KEY = "k";

  /** Between two reads. */
  private static final long PAUSE_NANOS = Duration.ofNanos(100_000).toNanos();

  private DelayReader() {}

  static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  public static void main(String[] arguments) throws InterruptedException {
    String last = "";
    try (NearCache cache = Contender.valueOf(arguments[0]).open(Endpoint.ofProperties())) {
      while (true) {
        String value = cache.get(KEY, () -> "");
        if (!value.equals(last)) {
          System.out.println(value + ' ' + micros());
          last = value;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }
}
