package dev.tideline.engine.search;

import dev.tideline.cache.CacheKey;
import dev.tideline.engine.catalog.CategoryPath;
import dev.tideline.engine.input.FieldError;
import dev.tideline.engine.input.Identifiers;
import dev.tideline.engine.input.InvalidInputException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A search as it was asked.
 *
 * @param text 1 to 500 characters, no control characters
 * @param page which of the results
 * @param facets whose values are to be counted
 * @param prefix whether the last word may be the beginning of one, as when somebody is typing
 * @param highlight whether to mark the words that were found
 */
public record SearchQuery(
    String text,
    Page page,
    Filters filters,
    Sort sort,
    List<Facet> facets,
    boolean prefix,
    boolean highlight) {

  private static final Pattern BLANKS = Pattern.compile("\\s+");

  public static final int TEXT_MAX = 500;
  public static final int VALUES_MAX = 20;

  /** Orders of results. */
  public enum Sort {
    RELEVANCE,
    PRICE_ASC,
    PRICE_DESC,
    NEWEST,
    POPULAR;

    boolean byPrice() {
      return this == PRICE_ASC || this == PRICE_DESC;
    }
  }

  /**
   * A page of results.
   *
   * @param limit most results, 1 to 100
   * @param offset results passed over
   */
  public record Page(int limit, int offset) {

    public static final int LIMIT_DEFAULT = 10;
    public static final int LIMIT_MAX = 100;

    /** As an offset that is asked for. */
    public static final int OFFSET_MAX = 1_000;

    /** With cursors, which go on from page to page. */
    public static final int DEPTH_MAX = 10_000;

    public static final Page FIRST = new Page(LIMIT_DEFAULT, 0);

    /**
     * Checks the bounds.
     *
     * @throws InvalidInputException with all that is wrong
     */
    public Page {
      List<FieldError> errors = new ArrayList<>();
      range(errors, "limit", limit, 1, LIMIT_MAX);
      range(errors, "offset", offset, 0, DEPTH_MAX);
      if (!errors.isEmpty()) {
        throw new InvalidInputException(errors);
      }
    }

    int end() {
      return offset + limit;
    }
  }

  /**
   * What a result must be like; empty or null where anything will do.
   *
   * @param categories any of these, or below one of them
   * @param brands any of these
   * @param currency of prices; where prices are filtered or sorted by and none is named, the
   *     catalog's commonest
   * @param attributes by name, any of the values, as text
   *     <p>However they were given, equal filters are equal: values are sorted and each is there
   *     once, prices have no needless zeros.
   */
  public record Filters(
      List<String> categories,
      List<String> brands,
      @Nullable BigDecimal minPrice,
      @Nullable BigDecimal maxPrice,
      @Nullable String currency,
      @Nullable Boolean inStock,
      Map<String, List<String>> attributes) {

    public static final Filters NONE =
        new Filters(List.of(), List.of(), null, null, null, null, Map.of());

    public Filters {
      categories = distinct(categories);
      brands = distinct(brands);
      minPrice = stripped(minPrice);
      maxPrice = stripped(maxPrice);
      SortedMap<String, List<String>> sorted = new TreeMap<>();
      attributes.forEach((name, values) -> sorted.put(name, distinct(values)));
      attributes = Collections.unmodifiableSortedMap(sorted);
    }

    private static List<String> distinct(List<String> values) {
      return values.stream().sorted().distinct().toList();
    }

    private static @Nullable BigDecimal stripped(@Nullable BigDecimal price) {
      return price == null ? null : price.stripTrailingZeros();
    }

    /** Adds all of them to a key. */
    CacheKey addTo(CacheKey key) {
      key.anyOrder("category", categories)
          .anyOrder("brand", brands)
          .decimal("min_price", minPrice)
          .decimal("max_price", maxPrice)
          .text("currency", currency)
          .text("in_stock", inStock == null ? null : inStock.toString())
          .number("attributes", attributes.size());
      attributes.forEach(key::anyOrder);
      return key;
    }

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
    BigDecimal min = filters.minPrice();
    BigDecimal max = filters.maxPrice();
    negative(errors, "min_price", min);
    negative(errors, "max_price", max);
    if (min != null && max != null && min.compareTo(max) > 0) {
      errors.add(new FieldError("min_price", "must not be above max_price"));
    }
    values(errors, "category", filters.categories());
    filters.categories().stream()
        .map(CategoryPath::problem)
        .flatMap(Optional::stream)
        .limit(1)
        .forEach(problem -> errors.add(new FieldError("category", problem)));
    values(errors, "brand", filters.brands());
    filters.attributes().forEach((name, values) -> values(errors, Facet.ATTRIBUTE + name, values));
    if (filters.attributes().size() > VALUES_MAX) {
      errors.add(new FieldError("attributes", "may be at most " + VALUES_MAX));
    }
    if (!errors.isEmpty()) {
      throw new InvalidInputException(errors);
    }
  }

  private static void values(List<FieldError> errors, String field, List<String> values) {
    if (values.size() > VALUES_MAX) {
      errors.add(new FieldError(field, "may have at most " + VALUES_MAX + " values"));
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
    return new SearchQuery(text, Page.FIRST, Filters.NONE, Sort.RELEVANCE, List.of(), false, false);
  }

  /** What a title must be, but for capitals, for its product to come first. */
  String exactTitle() {
    return BLANKS.matcher(text.strip()).replaceAll(" ").toLowerCase(Locale.ROOT);
  }

  public SearchQuery with(Page other) {
    return new SearchQuery(text, other, filters, sort, facets, prefix, highlight);
  }

  public SearchQuery with(Filters other) {
    return new SearchQuery(text, page, other, sort, facets, prefix, highlight);
  }

  public SearchQuery with(Sort other) {
    return new SearchQuery(text, page, filters, other, facets, prefix, highlight);
  }

  /** The same without a page, facets and marks: what decides on the order of all results. */
  CacheKey key() {
    CacheKey key = CacheKey.builder().text("q", text);
    return filters.addTo(key).text("sort", sort.name()).text("prefix", Boolean.toString(prefix));
  }

  public SearchQuery with(List<Facet> others) {
    return new SearchQuery(text, page, filters, sort, others, prefix, highlight);
  }

  public SearchQuery highlighted() {
    return new SearchQuery(text, page, filters, sort, facets, prefix, true);
  }

  public SearchQuery asTyping() {
    return new SearchQuery(text, page, filters, sort, facets, true, highlight);
  }
}
