package dev.tideline.engine.caching;

/**
 * The tags that a write of a product invalidates besides its own: see the function {@code
 * product_tags} of the migrations, against which a test holds this class.
 */
public final class ProductTags {

  /** Every write of a product. */
  public static final String ANY = "any";

  private ProductTags() {}

  /** Writes of products in a category or below it. */
  public static String category(String path) {
    return "category:" + path;
  }

  public static String brand(String brand) {
    return "brand:" + brand;
  }

  /** Writes of products that have a word, before or after, and may have gained or lost words. */
  public static String word(String lexeme) {
    return "word:" + lexeme;
  }

  /** Writes of price, currency or stock of products that have a word. */
  public static String offer(String lexeme) {
    return "offer:" + lexeme;
  }
}
