package dev.tideline.bench.cache;

import com.alicp.jetcache.Cache;
import com.alicp.jetcache.SimpleCacheManager;
import com.alicp.jetcache.anno.CacheConsts;
import com.alicp.jetcache.anno.CacheType;
import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import com.alicp.jetcache.redis.lettuce.RedisLettuceCacheBuilder;
import com.alicp.jetcache.support.BroadcastManager;
import com.alicp.jetcache.support.JavaValueDecoder;
import com.alicp.jetcache.support.JavaValueEncoder;
import com.alicp.jetcache.template.CacheBuilderTemplate;
import com.alicp.jetcache.template.NotifyMonitorInstaller;
import com.alicp.jetcache.template.QuickConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * JetCache's two-level cache as its documents recommend it: local copies told of changes by a
 * channel, loads of one key one at a time in each process.
 */
final class JetCacheNear implements NearCache {

  private final RedisClient client;
  private final SimpleCacheManager manager = new SimpleCacheManager();
  private final Cache<String, String> cache;

  JetCacheNear(Endpoint endpoint) {
    this(endpoint, CacheType.BOTH);
  }

  JetCacheNear(Endpoint endpoint, CacheType type) {
    client = RedisClient.create(endpoint.redisUrl());
    RedisLettuceCacheBuilder<?> remote =
        RedisLettuceCacheBuilder.createRedisLettuceCacheBuilder()
            .keyConvertor(Function.identity())
            .valueEncoder(JavaValueEncoder.INSTANCE)
            .valueDecoder(JavaValueDecoder.INSTANCE)
            .keyPrefix("jet:")
            .broadcastChannel("jet")
            .redisClient(client)
            .connection(client.connect(ByteArrayCodec.INSTANCE))
            .pubSubConnection(client.connectPubSub(ByteArrayCodec.INSTANCE));
    CacheBuilderTemplate template =
        new CacheBuilderTemplate(
            false,
            Map.of(
                CacheConsts.DEFAULT_AREA,
                CaffeineCacheBuilder.createCaffeineCacheBuilder()
                    .keyConvertor(Function.identity())
                    .limit(100_000)),
            Map.of(CacheConsts.DEFAULT_AREA, remote));
    template.getCacheMonitorInstallers().add(new NotifyMonitorInstaller(area -> remote));
    manager.setCacheBuilderTemplate(template);
    BroadcastManager broadcast = remote.createBroadcastManager(manager);
    broadcast.startSubscribe();
    manager.putBroadcastManager(CacheConsts.DEFAULT_AREA, broadcast);
    cache =
        manager.getOrCreateCache(
            QuickConfig.newBuilder("near:")
                .cacheType(type)
                .syncLocal(type == CacheType.BOTH)
                .expire(Duration.ofMinutes(10))
                .penetrationProtect(true)
                .build());
  }

  @Override
  public String get(String key, Supplier<String> loader) {
    return cache.computeIfAbsent(key, missing -> loader.get());
  }

  @Override
  public void write(String key, String value) {
    cache.put(key, value);
  }

  @Override
  public void close() {
    manager.close();
    client.shutdown();
  }
}
