package dev.tideline.cli;

import dev.tideline.cache.CacheListener;
import dev.tideline.cache.CacheSettings;
import dev.tideline.cache.Caches;
import dev.tideline.cache.Invalidations;
import dev.tideline.cache.RedisConfig;
import dev.tideline.cache.RedisConnection;
import dev.tideline.engine.caching.ShopCaches;
import dev.tideline.engine.outbox.Outbox;
import dev.tideline.engine.storefront.Storefront;
import dev.tideline.engine.warming.WarmStore;
import dev.tideline.engine.warming.Warmer;
import dev.tideline.engine.words.Language;
import dev.tideline.engine.words.VocabularyStore;
import java.time.Duration;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;

/** Loads the most frequent answers into a shop's Redis, where all instances find them. */
final class ShopWarming {

  private static final Duration WAIT = Duration.ofSeconds(10);

  /** Longer than an instance's: no client waits, and a busy machine must not cause a failure. */
  private static final Duration REDIS_TIMEOUT = Duration.ofSeconds(1);

  private ShopWarming() {}

  static Warmer.Report run(ShopAccess shop, String redisUrl, IntConsumer progress)
      throws InterruptedException {
    RedisConfig config = new RedisConfig(redisUrl, REDIS_TIMEOUT, RedisConfig.REQUESTS_MAX);
    try (RedisConnection redis = RedisConnection.open(config);
        Outbox outbox = new Outbox(shop.database());
        Invalidations known =
            Invalidations.follow(outbox, Invalidations.Settings.DEFAULT, CacheListener.NONE);
        Language language = Language.open(new VocabularyStore(shop.database()))) {
      if (!redis.awaitUp(WAIT)) {
        throw new CommandException("Redis does not answer");
      }
      if (!known.awaitStart(WAIT)) {
        throw new CommandException("the database does not answer");
      }
      Caches caches = Caches.tiered(known, redis, Caches.LoadSettings.DEFAULT, CacheListener.NONE);
      UnaryOperator<CacheSettings> unchanged = UnaryOperator.identity();
      Storefront front =
          Storefront.of(
              new Storefront.Parts(
                  shop.database(),
                  new ShopCaches(caches, ShopCaches.LOCAL_BYTES_DEFAULT, unchanged),
                  shop::explain,
                  language));
      return new Warmer(new WarmStore(shop.database()), front)
          .warm(Warmer.Bounds.DEFAULT.within(Duration.ofMinutes(2)), progress);
    }
  }
}
