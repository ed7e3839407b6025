package dev.tideline.bench.cache;

import java.util.function.Supplier;

/** A cache in process before a Redis that others share, as one instance of a service has it. */
interface NearCache extends AutoCloseable {

  /** Who is compared. */
  enum Contender {
    TIDELINE {
      @Override
      NearCache open(Endpoint endpoint) throws InterruptedException {
        return TidelineNear.open(endpoint);
      }
    },
    JETCACHE {
      @Override
      NearCache open(Endpoint endpoint) {
        return new JetCacheNear(endpoint);
      }
    },
    REDISSON {
      @Override
      NearCache open(Endpoint endpoint) {
        return new RedissonNear(endpoint);
      }
    };

    /** An instance with both tiers. */
    abstract NearCache open(Endpoint endpoint) throws InterruptedException;
  }

  /** What is kept of a key, else what is loaded. */
  String get(String key, Supplier<String> loader);

  /** Changes a value for all instances. */
  void write(String key, String value);

  @Override
  void close();
}
