package dev.tideline.bench.cache;

import java.time.Duration;
import java.util.function.Supplier;
import org.redisson.Redisson;
import org.redisson.api.RLocalCachedMap;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.LocalCachedMapOptions;
import org.redisson.api.options.LocalCachedMapOptions.SyncStrategy;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/**
 * Redisson's map with local copies. What is missing is loaded by {@code computeIfAbsent}, which is
 * guarded by a lock in Redis.
 */
final class RedissonNear implements NearCache {

  private final RedissonClient client;
  private final RLocalCachedMap<String, String> map;

  RedissonNear(Endpoint endpoint) {
    Config config = new Config();
    config.useSingleServer().setAddress(endpoint.redisUrl());
    client = Redisson.create(config);
    map =
        client.getLocalCachedMap(
            LocalCachedMapOptions.<String, String>name("redisson")
                .codec(StringCodec.INSTANCE)
                .cacheSize(100_000)
                .timeToLive(Duration.ofMinutes(10))
                .syncStrategy(SyncStrategy.INVALIDATE));
  }

  RedissonClient client() {
    return client;
  }

  @Override
  public String get(String key, Supplier<String> loader) {
    String found = map.get(key);
    return found != null ? found : map.computeIfAbsent(key, missing -> loader.get());
  }

  @Override
  public void write(String key, String value) {
    map.fastPut(key, value);
  }

  @Override
  public void close() {
    client.shutdown();
  }
}
