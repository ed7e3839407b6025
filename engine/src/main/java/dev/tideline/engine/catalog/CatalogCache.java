package dev.tideline.engine.catalog;

import dev.tideline.cache.Loaded;
import dev.tideline.cache.TieredCache;
import dev.tideline.engine.caching.JsonCodec;
import dev.tideline.engine.caching.Reads;
import dev.tideline.engine.caching.ShopCache;
import dev.tideline.engine.caching.ShopCaches;
import dev.tideline.engine.caching.WatchedTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads products through the caches. Thread-safe. */
public final class CatalogCache {

  private final CatalogStore store;
  private final TieredCache<Product> products;
  private final TieredCache<ProductSummary> summaries;

  public CatalogCache(CatalogStore store, ShopCaches caches) {
    this.store = store;
    this.products = caches.cache(ShopCache.PRODUCT, JsonCodec.of(Product.class));
    this.summaries = caches.cache(ShopCache.SUMMARY, JsonCodec.of(ProductSummary.class));
  }

  /** Finds a product with all its fields; empty if no product has this id. */
  public Optional<Product> find(String id, Reads reads) {
    return products
        .get(id, reads.cache(), reads.loader(sql -> Loaded.of(store.find(id, sql), tags(id))))
        .find();
  }

  /** The summaries of products, by id; products that do not exist are missing. */
  public Map<String, ProductSummary> summaries(List<String> ids, Reads reads) {
    Map<String, ProductSummary> found = new HashMap<>();
    summaries
        .getAll(ids, reads.cache(), reads.batchLoader(store::summaries, CatalogCache::tags))
        .forEach((id, cached) -> cached.find().ifPresent(summary -> found.put(id, summary)));
    return found;
  }

  private static Set<String> tags(String id) {
    return Set.of(WatchedTable.PRODUCTS.tag(id));
  }
}
