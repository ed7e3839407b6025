package dev.tideline.bench.cache;

import dev.tideline.cache.CacheListener;
import dev.tideline.cache.CacheRequest;
import dev.tideline.cache.CacheSettings;
import dev.tideline.cache.Caches;
import dev.tideline.cache.Codec;
import dev.tideline.cache.Freshness;
import dev.tideline.cache.HintStream;
import dev.tideline.cache.InvalidationLog;
import dev.tideline.cache.Invalidations;
import dev.tideline.cache.Loaded;
import dev.tideline.cache.RedisConfig;
import dev.tideline.cache.RedisConnection;
import dev.tideline.cache.TieredCache;
import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.outbox.Outbox;
import dev.tideline.routing.ReadWriteRouter;
import dev.tideline.routing.RouterConfig;
import dev.tideline.routing.node.NodeAddress;
import dev.tideline.routing.route.ReadContext;
import dev.tideline.routing.route.RoutingListener;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tideline's cache. With a database behind it a value is a product's title there, and a write is a
 * write there, of which the triggers write the tags; without one there is a log in memory, which
 * nobody writes to.
 */
final class TidelineNear implements NearCache {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long LOCAL_BYTES = 64 << 20;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final @Nullable CatalogStore catalog;
  private final QuietLog log = new QuietLog();
  private final TieredCache<String> cache;

  private TidelineNear(Endpoint endpoint, long localBytes) throws InterruptedException {
    RedisConnection redis = add(RedisConnection.open(config(endpoint)));
    InvalidationLog followed = log;
    Outbox outbox = null;
    if (endpoint.databaseUrl().isEmpty()) {
      catalog = null;
    } else {
      ReadWriteRouter router = add(router(endpoint));
      ShopDatabase database = new ShopDatabase(router, (query, duration) -> {});
      catalog = new CatalogStore(database);
      outbox = add(new Outbox(database));
      followed = outbox;
    }
    Invalidations known =
        add(Invalidations.follow(followed, Invalidations.Settings.DEFAULT, CacheListener.NONE));
    HintStream hints = add(HintStream.open(redis, known));
    if (outbox != null) {
      outbox.announceTo(hints::tell);
    }
    cache =
        Caches.tiered(known, redis, Caches.LoadSettings.DEFAULT, CacheListener.NONE)
            .cache(CacheSettings.of("near", Duration.ofMinutes(10), localBytes), new Utf8());
    if (!known.awaitStart(PATIENCE) || !redis.awaitUp(PATIENCE)) {
      throw new IllegalStateException("the databases do not answer");
    }
  }

  /** As an instance has it. */
  static TidelineNear open(Endpoint endpoint) throws InterruptedException {
    return new TidelineNear(endpoint, LOCAL_BYTES);
  }

  /** With nothing in process, so that Redis answers. */
  static TidelineNear withoutLocal(Endpoint endpoint) throws InterruptedException {
    return new TidelineNear(endpoint, 1);
  }

  /** Patient, for a Redis that is being measured is no Redis that is away. */
  private static RedisConfig config(Endpoint endpoint) {
    return new RedisConfig(endpoint.redisUrl(), Duration.ofSeconds(2), RedisConfig.REQUESTS_MAX);
  }

  private static ReadWriteRouter router(Endpoint endpoint) throws InterruptedException {
    return ReadWriteRouter.open(
        RouterConfig.of(
                new NodeAddress("primary", endpoint.databaseUrl()),
                List.of(),
                Endpoint.user(),
                endpoint.password())
            .withProbes(ShopDatabase.PROBES),
        RoutingListener.NONE);
  }

  private <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  @Override
  public String get(String key, Supplier<String> loader) {
    CacheRequest request = new CacheRequest(Freshness.EVENTUAL);
    CatalogStore products = catalog;
    String value =
        products == null
            ? cache
                .get(
                    key,
                    request,
                    freshness -> new Loaded<>(loader.get(), log.now(), Set.of("product:" + key)))
                .value()
            : cache
                .get(
                    key,
                    request,
                    new Reads(ReadContext.eventual(), request)
                        .loader(sql ->
                            Loaded.of(
                                products.find(key, sql).map(product -> product.title()),
                                Set.of("product:" + key))))
                .value();
    return Objects.requireNonNull(value);
  }

  @Override
  public void write(String key, String value) {
    Objects.requireNonNull(catalog)
        .put(new ProductDraft(key, value, null, null, null, null, "USD", true, Map.of()));
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static final class Utf8 implements Codec<String> {

    @Override
    public byte[] encode(String value) {
      return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String decode(byte[] bytes) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
