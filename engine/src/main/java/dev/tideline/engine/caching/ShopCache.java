package dev.tideline.engine.caching;

import dev.tideline.cache.CacheSettings;
import java.time.Duration;

/**
 * The caches of a shop: how long an entry stays fresh without an invalidation, and the share of the
 * cache memory that each may use. Invalidations keep entries correct. Times to live bound the
 * changes that no invalidation names: words that have become rarer, and decaying popularity.
 */
public enum ShopCache {
  /** Candidates by words: the most expensive reads, and most of the requests. */
  SEARCH("search", Duration.ofMinutes(5), 0.40),
  /** Candidates while a shopper is typing: the beginning of a word names no tag. */
  SEARCH_PREFIX("search-prefix", Duration.ofMinutes(1), 0.08, Duration.ofSeconds(1)),
  /** The fields of a product that lists show; small, and part of every answer. */
  SUMMARY("summary", Duration.ofMinutes(30), 0.12),
  /** All fields of a product, for its own page. */
  PRODUCT("product", Duration.ofMinutes(30), 0.10),
  /** Ranking features. Freshness and decay change over days; jobs invalidate the others. */
  FEATURES("features", Duration.ofMinutes(30), 0.10),
  /** Results of statements that many requests share: facets, popular products, weights. */
  QUERY("query", Duration.ofMinutes(5), 0.10),
  SUGGEST("suggest", Duration.ofMinutes(5), 0.04),
  /**
   * Similar products. If the item graph knows too few, words in common are used, which no tag
   * names.
   */
  SIMILAR("similar", Duration.ofMinutes(10), 0.04, Duration.ofSeconds(1)),
  /** User preferences; requested only by the shop's server. */
  PREFERENCES("preferences", Duration.ofMinutes(10), 0.02);

  private final String label;
  private final Duration ttl;
  private final double share;
  private final Duration open;

  ShopCache(String label, Duration ttl, double share) {
    this(label, ttl, share, Duration.ZERO);
  }

  ShopCache(String label, Duration ttl, double share, Duration open) {
    this.label = label;
    this.ttl = ttl;
    this.share = share;
    this.open = open;
  }

  public String label() {
    return label;
  }

  /**
   * The settings of this cache.
   *
   * @param localBytes memory of all in-process caches together
   */
  public CacheSettings settings(long localBytes) {
    CacheSettings settings =
        CacheSettings.of(label, ttl, Math.max(1, Math.round(localBytes * share)))
            .open(ProductTags.ANY, open);
    return switch (this) {
      case PREFERENCES -> settings.local();
      case FEATURES -> settings.unnamed();
      case SEARCH, SEARCH_PREFIX, SUMMARY, PRODUCT, QUERY, SUGGEST, SIMILAR -> settings;
    };
  }
}
