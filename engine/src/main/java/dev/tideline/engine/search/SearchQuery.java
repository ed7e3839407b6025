package dev.tideline.engine.search;

import dev.tideline.engine.FieldError;
import dev.tideline.engine.Identifiers;
import dev.tideline.engine.InvalidInputException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A search as it was asked.
 *
 * @param text 1 to 500 characters, no control characters
 * @param limit most results, 1 to 100
 * @param offset results passed over, 0 to 1,000
 */
public record SearchQuery(String text, int limit, int offset, Filters filters, Sort sort) {

  public static final int TEXT_MAX = 500;
  public static final int LIMIT_DEFAULT = 10;
  public static final int LIMIT_MAX = 100;
  public static final int OFFSET_MAX = 1_000;

  /** Orders of results. */
  public enum Sort {
    RELEVANCE,
    PRICE_ASC,
    PRICE_DESC,
    NEWEST,
    POPULAR
  }

  /**
   * What a result must be like; null where anything will do.
   *
   * @param category this one and all below it
   * @param currency of prices; where prices are filtered or sorted by and none is named, the
   *     catalog's commonest
   */
  public record Filters(
      @Nullable String category,
      @Nullable String brand,
      @Nullable BigDecimal minPrice,
      @Nullable BigDecimal maxPrice,
      @Nullable String currency,
      @Nullable Boolean inStock) {

    public static final Filters NONE = new Filters(null, null, null, null, null, null);

    boolean usesPrice() {
      return minPrice != null || maxPrice != null;
    }
  }

  /**
   * Checks the bounds.
   *
   * @throws InvalidInputException with all that is wrong
   */
  public SearchQuery {
    List<FieldError> errors = new ArrayList<>();
    if (text.isBlank()) {
      errors.add(new FieldError("q", "must not be empty"));
    } else if (text.length() > TEXT_MAX) {
      errors.add(new FieldError("q", "must be at most 500 characters, not " + text.length()));
    }
    if (Identifiers.hasControlCharacter(text)) {
      errors.add(new FieldError("q", "must not contain control characters"));
    }
    range(errors, "limit", limit, 1, LIMIT_MAX);
    range(errors, "offset", offset, 0, OFFSET_MAX);
    BigDecimal min = filters.minPrice();
    BigDecimal max = filters.maxPrice();
    negative(errors, "min_price", min);
    negative(errors, "max_price", max);
    if (min != null && max != null && min.compareTo(max) > 0) {
      errors.add(new FieldError("min_price", "must not be above max_price"));
    }
    if (!errors.isEmpty()) {
      throw new InvalidInputException(errors);
    }
  }

  private static void range(List<FieldError> errors, String field, int value, int min, int max) {
    if (value < min || value > max) {
      errors.add(new FieldError(field, "must be %d to %d, not %d".formatted(min, max, value)));
    }
  }

  private static void negative(List<FieldError> errors, String field, @Nullable BigDecimal price) {
    if (price != null && price.signum() < 0) {
      errors.add(new FieldError(field, "must be 0 or more"));
    }
  }

  /** A search for words alone. */
  public static SearchQuery of(String text) {
    return new SearchQuery(text, LIMIT_DEFAULT, 0, Filters.NONE, Sort.RELEVANCE);
  }
}
