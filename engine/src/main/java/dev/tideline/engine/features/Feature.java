package dev.tideline.engine.features;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The features that rank a product, each scaled to 0 to 1, where 1 is the most. A product whose
 * feature is unknown has the default.
 */
public enum Feature {
  /** How well the words match, relative to the best match; 0 if there are no words. */
  TEXT(0),

  /** Relative to the most popular product: each halving subtracts a tenth. */
  POPULARITY(0),

  /** Relative to the product with the highest trend: each halving subtracts a tenth. */
  TREND(0),

  /** The logarithm of the total count, relative to the largest. */
  VIEWS(0),
  CARTS(0),
  PURCHASES(0),

  /** Purchases per view, smoothed by 20 views and one purchase. */
  CONVERSION(0.05),

  /** 1 for a product that was created now; it halves every 30 days. */
  FRESHNESS(0),

  /** The rank of its price within its category: 0 the cheapest, 1 the most expensive. */
  PRICE_PERCENTILE(0.5),

  /** 1 if it can be bought now. */
  IN_STOCK(1),

  /** The share of the category in what the shopper viewed and bought; 1 if they prefer it. */
  CATEGORY_AFFINITY(0),

  /** The share of the brand in what the shopper viewed and bought; 1 if they prefer it. */
  BRAND_AFFINITY(0),

  /** 1 if the price is in the range that the shopper prefers. */
  PRICE_AFFINITY(0);

  private final double unknown;

  Feature(double unknown) {
    this.unknown = unknown;
  }

  /**
   * The default where nothing is known: for new products, and for any product and a new shopper.
   */
  public double unknown() {
    return unknown;
  }

  /** Whether it depends on the shopper. */
  boolean personal() {
    return this == CATEGORY_AFFINITY || this == BRAND_AFFINITY || this == PRICE_AFFINITY;
  }

  /** The name that users write. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Feature> find(String label) {
    return Arrays.stream(values()).filter(feature -> feature.label().equals(label)).findFirst();
  }
}
