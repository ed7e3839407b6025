package dev.tideline.engine.preferences;

import dev.tideline.cache.Loaded;
import dev.tideline.cache.TieredCache;
import dev.tideline.engine.caching.JsonCodec;
import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.caching.ShopCache;
import dev.tideline.engine.caching.ShopCaches;
import dev.tideline.engine.caching.WatchedTable;
import java.util.Set;

/**
 * Reads preferences through an in-process cache; they are not shared because they are personal
 * data. Thread-safe.
 */
public final class PreferenceCache {

  private final UserStore store;
  private final TieredCache<Preferences> cache;

  public PreferenceCache(UserStore store, ShopCaches caches) {
    this.store = store;
    this.cache = caches.cache(ShopCache.PREFERENCES, JsonCodec.of(Preferences.class));
  }

  /** A user's preferences; none if nothing is known. */
  public Preferences find(String userId, Reads reads) {
    return cache
        .get(
            userId,
            reads.cache(),
            reads.loader(sql ->
                Loaded.of(
                    store.preferences(userId, sql),
                    Set.of(WatchedTable.USER_PREFERENCES.tag(userId)))))
        .find()
        .orElse(Preferences.NONE);
  }
}
