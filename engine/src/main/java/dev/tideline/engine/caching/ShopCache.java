package dev.tideline.engine.caching;

import dev.tideline.cache.CacheSettings;
import java.time.Duration;

/**
 * The caches of a shop: how long an entry is fresh if nothing invalidates it, and what part of the
 * memory for caches each may take. Invalidations, not times, keep entries right; times bound what
 * invalidations cannot name: words that have become rarer, decaying popularity.
 */
public enum ShopCache {
  /** Candidates by words: the dearest reads, and most of the requests. */
  SEARCH("search", Duration.ofMinutes(5), 0.40),
  /** The same while somebody is typing: a beginning of a word names no tag. */
  SEARCH_PREFIX("search-prefix", Duration.ofMinutes(1), 0.08, Duration.ofSeconds(1)),
  /** What lists show of a product; small, and in every answer. */
  SUMMARY("summary", Duration.ofMinutes(30), 0.12),
  /** All of a product, for its own page. */
  PRODUCT("product", Duration.ofMinutes(30), 0.10),
  /** What ranking looks at; freshness and decay are of days, jobs invalidate the rest. */
  FEATURES("features", Duration.ofMinutes(30), 0.10),
  /** Results of statements that many requests share: facets, popular products, weights. */
  QUERY("query", Duration.ofMinutes(5), 0.10),
  SUGGEST("suggest", Duration.ofMinutes(5), 0.04),
  /** Where the item graph knows too little, words in common count, which no tag names. */
  SIMILAR("similar", Duration.ofMinutes(10), 0.04, Duration.ofSeconds(1)),
  /** Asked for by the shop's server alone. */
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
   * Its settings.
   *
   * @param localBytes for all caches in process together
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
