package dev.tideline.engine.index;

import dev.tideline.engine.text.ShopLanguage;

/** Names of the index's fields. */
public final class IndexField {

  /** The product's id, whole. */
  public static final String ID = "id";

  /** The title in lower case with single blanks, whole. */
  public static final String EXACT_TITLE = "title.exact";

  /** SKU, GTIN and the like: letters and digits alone. */
  public static final String IDENTIFIER = "identifier";

  public static final String BRAND = "brand";

  /** The path of a category and those of all above it. */
  public static final String CATEGORY = "category";

  /** Name and value of an attribute, see {@link #attribute}. */
  public static final String ATTRIBUTE = "attribute";

  public static final String IN_STOCK = "in_stock";

  /** The currency of products whose price is known. */
  public static final String CURRENCY = "currency";

  /** Microseconds since 1970. */
  public static final String CREATED = "created";

  public static final String POPULARITY = "popularity";

  /** The description, stored for highlights. */
  public static final String DESCRIPTION = "description";

  /** What lists show, stored. */
  public static final String SUMMARY = "summary";

  private static final char SEPARATOR = '\u001f';

  /** Text fields, one of each in every language. */
  public enum Text {
    TITLE,
    BRAND,
    CATEGORY,
    ATTRIBUTES,
    DESCRIPTION,
    /** Words as they are written, of all fields but the description: for corrections. */
    SURFACE;

    /** The field's name in a language, such as {@code text.title.en}. */
    public String in(ShopLanguage language) {
      return "text." + name().toLowerCase(java.util.Locale.ROOT) + "." + language.code();
    }
  }

  private IndexField() {}

  /** The term of {@link #ATTRIBUTE} for a value; no name or value has the separator. */
  public static String attribute(String name, String value) {
    return attributePrefix(name) + value;
  }

  /** What the terms of all values of an attribute begin with. */
  public static String attributePrefix(String name) {
    return name + SEPARATOR;
  }

  /** Hundredths, in a currency; products with prices in others do not have the field. */
  public static String price(String currency) {
    return "price." + currency;
  }
}
