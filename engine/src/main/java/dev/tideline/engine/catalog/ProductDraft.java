package dev.tideline.engine.catalog;

import dev.tideline.engine.input.Decimals;
import dev.tideline.engine.input.FieldError;
import dev.tideline.engine.input.Identifiers;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A product as a shop writes it, not yet checked.
 *
 * @param attributes flat: values are texts, numbers or booleans
 */
public record ProductDraft(
    String id,
    @Nullable String title,
    @Nullable String description,
    @Nullable String brand,
    @Nullable String category,
    @Nullable BigDecimal price,
    @Nullable String currency,
    boolean inStock,
    Map<String, Object> attributes) {

  public static final int TITLE_MAX = 500;
  public static final int DESCRIPTION_MAX = 20_000;
  public static final int NAME_MAX = 500;
  public static final int ATTRIBUTES_MAX = 50;
  public static final int ATTRIBUTE_NAME_MAX = 100;
  public static final int ATTRIBUTE_VALUE_MAX = 2_000;
  public static final BigDecimal PRICE_MAX = new BigDecimal("9999999999.99");

  private static final String UNSTORABLE =
      "must not contain NUL characters, nor half of a surrogate pair";

  /** Converts the price to a scale that can be stored. */
  public ProductDraft {
    price = price == null ? null : Decimals.bounded(price).orElse(price);
  }

  /** All problems of the draft; empty if it can be stored. */
  public List<FieldError> problems() {
    List<FieldError> problems = new ArrayList<>();
    Identifiers.problem(id).ifPresent(text -> problems.add(new FieldError("product_id", text)));
    if (title == null || title.isBlank()) {
      problems.add(new FieldError("title", "must not be empty"));
    } else {
      text(problems, "title", title, TITLE_MAX);
    }
    if (description != null) {
      description(problems, description);
    }
    if (brand != null) {
      text(problems, "brand", brand, NAME_MAX);
    }
    if (category != null) {
      category(problems, category);
    }
    if (price != null) {
      price(problems, price);
    }
    if (currency == null || !isCurrency(currency)) {
      problems.add(new FieldError("currency", "must be an ISO 4217 code such as USD"));
    }
    attributes(problems);
    return problems;
  }

  private static void text(List<FieldError> problems, String field, String text, int max) {
    if (text.length() > max) {
      problems.add(
          new FieldError(field, "must be at most " + max + " characters, not " + text.length()));
    }
    if (Identifiers.hasControlCharacter(text)) {
      problems.add(new FieldError(field, "must not contain control characters"));
    }
  }

  private static void description(List<FieldError> problems, String text) {
    if (text.length() > DESCRIPTION_MAX) {
      problems.add(
          new FieldError(
              "description",
              "must be at most " + DESCRIPTION_MAX + " characters, not " + text.length()));
    }
    if (!Identifiers.isStorable(text)) {
      problems.add(new FieldError("description", UNSTORABLE));
    }
  }

  private static void category(List<FieldError> problems, String path) {
    text(problems, "category", path, NAME_MAX);
    CategoryPath.problem(path)
        .ifPresent(problem -> problems.add(new FieldError("category", problem)));
  }

  private static void price(List<FieldError> problems, BigDecimal price) {
    if (price.signum() < 0) {
      problems.add(new FieldError("price", "must be 0 or more"));
    } else if (price.compareTo(PRICE_MAX) > 0) {
      problems.add(new FieldError("price", "must be at most " + PRICE_MAX));
    } else if (Decimals.bounded(price).isEmpty() || price.stripTrailingZeros().scale() > 2) {
      problems.add(new FieldError("price", "must have at most 2 decimals"));
    }
  }

  private static boolean isCurrency(String code) {
    return code.length() == 3
        && Currency.getAvailableCurrencies().stream()
            .anyMatch(known -> Objects.equals(known.getCurrencyCode(), code));
  }

  private void attributes(List<FieldError> problems) {
    if (attributes.size() > ATTRIBUTES_MAX) {
      problems.add(
          new FieldError(
              "attributes", "must be at most " + ATTRIBUTES_MAX + ", not " + attributes.size()));
    }
    attributes.forEach((name, value) -> {
      String field = "attributes." + (name.length() <= ATTRIBUTE_NAME_MAX ? name : "...");
      if (name.isBlank()
          || name.length() > ATTRIBUTE_NAME_MAX
          || Identifiers.hasControlCharacter(name)) {
        problems.add(
            new FieldError(
                field,
                "must have a name of 1 to "
                    + ATTRIBUTE_NAME_MAX
                    + " characters, no control characters"));
      }
      valueProblem(value).ifPresent(problem -> problems.add(new FieldError(field, problem)));
    });
  }

  private static Optional<String> valueProblem(Object value) {
    if (value instanceof BigDecimal number) {
      return Decimals.bounded(number).isPresent() ? Optional.empty() : Optional.of(Decimals.RULE);
    }
    String text = value.toString();
    if (text.length() > ATTRIBUTE_VALUE_MAX) {
      return Optional.of("must be at most " + ATTRIBUTE_VALUE_MAX + " characters");
    }
    return Identifiers.isStorable(text) ? Optional.empty() : Optional.of(UNSTORABLE);
  }
}
