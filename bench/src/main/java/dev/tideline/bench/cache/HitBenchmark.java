package dev.tideline.bench.cache;

import com.alicp.jetcache.anno.CacheType;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.redisson.api.RMap;
import org.redisson.client.codec.StringCodec;

/** A value of a kilobyte that is there, among a thousand keys asked for in turn. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HitBenchmark {

  private static final int KEYS = 1024;
  private static final String VALUE = "x".repeat(1024);

  /** Who is asked; the library beneath is bare Caffeine, and bare Lettuce. */
  enum Who {
    BENEATH,
    TIDELINE,
    JETCACHE,
    REDISSON
  }

  @Param({"BENEATH", "TIDELINE", "JETCACHE", "REDISSON"})
  public String who = "";

  /** Whether the value is in process, or only in Redis. */
  @Param({"true", "false"})
  public boolean local;

  private final String[] keys = new String[KEYS];
  private AutoCloseable opened = () -> {};
  private Get get = (key, loader) -> "";

  /** One turn's index; each thread may skip some, which does not matter. */
  private int next;

  private interface Get {
    String get(String key, Supplier<String> loader);
  }

  @Setup
  public void open() throws InterruptedException {
    Endpoint endpoint = Endpoint.ofProperties();
    switch (Who.valueOf(who)) {
      case BENEATH -> {
        if (local) {
          openCaffeine();
        } else {
          openLettuce(endpoint);
        }
      }
      case TIDELINE ->
          use(local ? TidelineNear.open(endpoint) : TidelineNear.withoutLocal(endpoint));
      case JETCACHE -> use(new JetCacheNear(endpoint, local ? CacheType.BOTH : CacheType.REMOTE));
      case REDISSON -> openRedisson(endpoint);
    }
    for (int i = 0; i < KEYS; i++) {
      keys[i] = "key-" + i;
      get.get(keys[i], () -> VALUE);
    }
  }

  private void use(NearCache cache) {
    opened = cache;
    get = cache::get;
  }

  private void openCaffeine() {
    Cache<String, String> cache = Caffeine.newBuilder().maximumSize(100_000).build();
    get =
        (key, loader) -> {
          String found = cache.getIfPresent(key);
          if (found == null) {
            found = loader.get();
            cache.put(key, found);
          }
          return found;
        };
  }

  private void openLettuce(Endpoint endpoint) {
    RedisClient client = RedisClient.create(endpoint.redisUrl());
    StatefulRedisConnection<String, String> connection = client.connect();
    opened = client::shutdown;
    get =
        (key, loader) -> {
          String found = connection.sync().get("bare:" + key);
          if (found == null) {
            found = loader.get();
            connection.sync().set("bare:" + key, found);
          }
          return found;
        };
  }

  private void openRedisson(Endpoint endpoint) {
    RedissonNear near = new RedissonNear(endpoint);
    if (local) {
      use(near);
      return;
    }
    RMap<String, String> map = near.client().getMap("remote", StringCodec.INSTANCE);
    opened = near;
    get =
        (key, loader) -> {
          String found = map.get(key);
          if (found == null) {
            found = loader.get();
            map.fastPut(key, found);
          }
          return found;
        };
  }

  @TearDown
  public void close() throws Exception {
    opened.close();
  }

  @Benchmark
  public String hit() {
    return get.get(keys[next++ & (KEYS - 1)], HitBenchmark::missing);
  }

  private static String missing() {
    return Objects.requireNonNull(VALUE);
  }
}
