package dev.tideline.engine.preferences;

import dev.tideline.engine.catalog.CategoryPath;
import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.input.Decimals;
import dev.tideline.engine.input.FieldError;
import dev.tideline.engine.input.Identifiers;
import dev.tideline.engine.input.InvalidInputException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user's stated preferences.
 *
 * @param categories paths; categories below them are preferred too
 * @param minPrice null for no minimum price
 * @param maxPrice null for no maximum price
 */
public record Preferences(
    List<String> categories,
    List<String> brands,
    @Nullable BigDecimal minPrice,
    @Nullable BigDecimal maxPrice) {

  public static final int NAMES_MAX = 50;
  public static final int NAME_LENGTH_MAX = 500;

  public static final Preferences NONE = new Preferences(List.of(), List.of(), null, null);

  /**
   * Checks the bounds.
   *
   * @throws InvalidInputException with all problems
   */
  public Preferences {
    categories = List.copyOf(categories);
    brands = List.copyOf(brands);
    minPrice = minPrice == null ? null : Decimals.bounded(minPrice).orElse(minPrice);
    maxPrice = maxPrice == null ? null : Decimals.bounded(maxPrice).orElse(maxPrice);
    List<FieldError> errors = new ArrayList<>();
    names(errors, "categories", categories);
    names(errors, "brands", brands);
    for (int i = 0; i < Math.min(categories.size(), NAMES_MAX); i++) {
      String field = "categories[" + i + "]";
      CategoryPath.problem(categories.get(i))
          .ifPresent(problem -> errors.add(new FieldError(field, problem)));
    }
    price(errors, "min_price", minPrice);
    price(errors, "max_price", maxPrice);
    if (minPrice != null && maxPrice != null && minPrice.compareTo(maxPrice) > 0) {
      errors.add(new FieldError("min_price", "must not be above max_price"));
    }
    if (!errors.isEmpty()) {
      throw new InvalidInputException(errors);
    }
  }

  private static void names(List<FieldError> errors, String field, List<String> names) {
    if (names.size() > NAMES_MAX) {
      errors.add(new FieldError(field, "may be at most " + NAMES_MAX + ", not " + names.size()));
    }
    for (int i = 0; i < Math.min(names.size(), NAMES_MAX); i++) {
      String name = names.get(i);
      if (name.isBlank()
          || name.length() > NAME_LENGTH_MAX
          || Identifiers.hasControlCharacter(name)) {
        errors.add(
            new FieldError(
                field + "[" + i + "]",
                "must be 1 to " + NAME_LENGTH_MAX + " characters, no control characters"));
      }
    }
  }

  private static void price(List<FieldError> errors, String field, @Nullable BigDecimal price) {
    if (price != null && (price.signum() < 0 || price.compareTo(ProductDraft.PRICE_MAX) > 0)) {
      errors.add(new FieldError(field, "must be 0 to " + ProductDraft.PRICE_MAX.toPlainString()));
    } else if (price != null && Decimals.bounded(price).isEmpty()) {
      errors.add(new FieldError(field, Decimals.RULE));
    }
  }
}
