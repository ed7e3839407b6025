package dev.tideline.bench.cache;

import dev.tideline.cache.InvalidationLog;
import dev.tideline.cache.Stamp;
import java.util.Collection;
import java.util.List;

/** A log that nobody writes to, of a database that moves on. Thread-safe. */
final class QuietLog implements InvalidationLog {

  Stamp now() {
    return new Stamp("quiet", System.currentTimeMillis());
  }

  @Override
  public Page start() {
    return new Page(now(), List.of(), 0);
  }

  @Override
  public Page read(long after, Collection<Long> pending) {
    return start();
  }
}
