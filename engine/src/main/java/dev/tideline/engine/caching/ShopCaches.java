package dev.tideline.engine.caching;

import dev.tideline.cache.CacheListener;
import dev.tideline.cache.CacheSettings;
import dev.tideline.cache.Caches;
import dev.tideline.cache.Codec;
import dev.tideline.cache.Invalidations;
import dev.tideline.cache.TieredCache;
import java.util.function.UnaryOperator;

/** Creates the caches of a shop, each once. Thread-safe. */
public final class ShopCaches {

  public static final long LOCAL_BYTES_DEFAULT = 64L << 20;

  private final Caches caches;
  private final long localBytes;
  private final UnaryOperator<CacheSettings> adjusted;

  /**
   * The caches of a shop; each is created on first use.
   *
   * @param localBytes memory of all in-process caches together
   * @param adjusted applies the settings that an operator has overridden
   */
  public ShopCaches(Caches caches, long localBytes, UnaryOperator<CacheSettings> adjusted) {
    this.caches = caches;
    this.localBytes = localBytes;
    this.adjusted = adjusted;
  }

  /** Caches that are always empty: each request reads from the database. */
  public static ShopCaches none() {
    return new ShopCaches(
        Caches.local(Invalidations.none(), Caches.LoadSettings.DEFAULT, CacheListener.NONE),
        LOCAL_BYTES_DEFAULT,
        UnaryOperator.identity());
  }

  public <V> TieredCache<V> cache(ShopCache which, Codec<V> codec) {
    return caches.cache(adjusted.apply(which.settings(localBytes)), codec);
  }

  public Caches all() {
    return caches;
  }
}
