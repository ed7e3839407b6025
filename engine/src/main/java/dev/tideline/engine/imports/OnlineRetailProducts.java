package dev.tideline.engine.imports;

import dev.tideline.engine.catalog.ProductDraft;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collects the products of Online Retail's sales. A product has its most frequent description and
 * price. Memory grows with the number of products, not of sales.
 */
final class OnlineRetailProducts implements RecordMapper<ProductChange> {

  /** The most distinct products that are kept in memory. */
  private static final int PRODUCTS_MAX = 1_000_000;

  private static final class Sales {
    final Map<String, Integer> descriptions = new LinkedHashMap<>();
    final Map<BigDecimal, Integer> prices = new LinkedHashMap<>();
    Instant first = Instant.MAX;
  }

  private final Map<String, Sales> products = new HashMap<>();
  private final boolean clearMissing;

  /**
   * A mapper.
   *
   * @param clearMissing whether fields that sales lack are cleared
   */
  OnlineRetailProducts(boolean clearMissing) {
    this.clearMissing = clearMissing;
  }

  @Override
  public Set<String> neededColumns() {
    return OnlineRetailRow.COLUMNS;
  }

  @Override
  public Mapped<ProductChange> map(SourceRecord record) {
    return switch (OnlineRetailRow.of(record)) {
      case Mapped.Rejected<OnlineRetailRow>(String reason, String message) ->
          Mapped.rejected(reason, message);
      case Mapped.Gathered<OnlineRetailRow>() -> throw new IllegalStateException();
      case Mapped.Row<OnlineRetailRow>(OnlineRetailRow row, var ignored) -> {
        if (row.price().compareTo(ProductDraft.PRICE_MAX) > 0) {
          yield Mapped.rejected("invalid_price", "price must be at most " + ProductDraft.PRICE_MAX);
        }
        String name = row.description();
        if (name != null && name.length() > ProductDraft.TITLE_MAX) {
          yield Mapped.rejected(
              "invalid_title",
              "Description must be at most " + ProductDraft.TITLE_MAX + " characters");
        }
        gather(row);
        yield new Mapped.Gathered<>();
      }
    };
  }

  private void gather(OnlineRetailRow row) {
    Sales sales = products.computeIfAbsent(row.product(), code -> new Sales());
    if (products.size() > PRODUCTS_MAX) {
      throw new ImportException("more than " + PRODUCTS_MAX + " products in one file");
    }
    if (row.description() != null) {
      sales.descriptions.merge(row.description(), 1, Integer::sum);
    }
    BigDecimal price = row.price().setScale(2, RoundingMode.HALF_UP);
    if (price.signum() > 0) {
      sales.prices.merge(price, 1, Integer::sum);
    }
    if (row.soldAt().isBefore(sales.first)) {
      sales.first = row.soldAt();
    }
  }

  @Override
  public List<Mapped.Row<ProductChange>> gathered() {
    List<Mapped.Row<ProductChange>> rows = new ArrayList<>();
    products.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> rows.add(row(entry.getKey(), entry.getValue())));
    return rows;
  }

  private Mapped.Row<ProductChange> row(String code, Sales sales) {
    ProductDraft draft =
        new ProductDraft(
            code,
            sales.descriptions.isEmpty() ? "Item " + code : commonest(sales.descriptions),
            null,
            null,
            null,
            sales.prices.isEmpty() ? null : commonest(sales.prices),
            "GBP",
            true,
            Map.of());
    Set<String> missing =
        ProductChange.missing(field ->
            switch (field) {
              case "title" -> !sales.descriptions.isEmpty();
              case "price", "currency" -> !sales.prices.isEmpty();
              default -> false;
            });
    return new Mapped.Row<>(
        clearMissing ? ProductChange.whole(draft) : new ProductChange(draft, missing, Set.of()),
        sales.first);
  }

  /**
   * The most frequent value; among equals, the first in order, so that every run chooses the same.
   */
  private static <K extends Comparable<K>> K commonest(Map<K, Integer> counts) {
    return counts.entrySet().stream()
        .min(
            Comparator.<Map.Entry<K, Integer>>comparingInt(entry -> -entry.getValue())
                .thenComparing(Map.Entry::getKey))
        .orElseThrow()
        .getKey();
  }
}
