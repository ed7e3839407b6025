package dev.tideline.engine.caching;

/**
 * The tags that a write to a product invalidates in addition to the product's own tag. A test
 * compares this class with the function {@code product_tags} of the migrations.
 */
public final class ProductTags {

  /** Every write to any product. */
  public static final String ANY = "any";

  private ProductTags() {}

  /** Writes to products in a category or below it. */
  public static String category(String path) {
    return "category:" + path;
  }

  public static String brand(String brand) {
    return "brand:" + brand;
  }

  /**
   * Writes to products that contain a word before or after the write, if the write may have changed
   * their words.
   */
  public static String word(String lexeme) {
    return "word:" + lexeme;
  }

  /** Changes of price, currency or stock of products that contain a word. */
  public static String offer(String lexeme) {
    return "offer:" + lexeme;
  }
}
