package dev.tideline.engine.features;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What a product is ranked by; each is brought to 0 to 1, 1 being the most. A product of which
 * something is not known has the default.
 */
public enum Feature {
  /** How well the words match, in parts of the best match; 0 where there are no words. */
  TEXT(0),

  /** Each halving against the most popular product takes a tenth. */
  POPULARITY(0),

  /** Each halving against what trends most takes a tenth. */
  TREND(0),

  /** Logarithms of the counts since ever, in parts of the largest. */
  VIEWS(0),
  CARTS(0),
  PURCHASES(0),

  /** Purchases for each view, as if 20 views and one purchase had been seen before. */
  CONVERSION(0.05),

  /** 1 for a product that was made now, half of it every 30 days. */
  FRESHNESS(0),

  /** How dear it is within its category: 0 the cheapest, 1 the dearest. */
  PRICE_PERCENTILE(0.5),

  /** 1 if it can be bought now. */
  IN_STOCK(1),

  /** How much of what the shopper looked at and bought, or prefers, is of the category. */
  CATEGORY_AFFINITY(0),

  /** How much of it is of the brand. */
  BRAND_AFFINITY(0),

  /** 1 if the price is what the shopper prefers. */
  PRICE_AFFINITY(0);

  private final double unknown;

  Feature(double unknown) {
    this.unknown = unknown;
  }

  /** What a product has of which nothing is known: new ones, and any for a new shopper. */
  public double unknown() {
    return unknown;
  }

  /** Whether it is about who asks. */
  boolean personal() {
    return this == CATEGORY_AFFINITY || this == BRAND_AFFINITY || this == PRICE_AFFINITY;
  }

  /** As users write it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Feature> find(String label) {
    return Arrays.stream(values()).filter(feature -> feature.label().equals(label)).findFirst();
  }
}
