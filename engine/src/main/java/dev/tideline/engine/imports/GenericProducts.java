package dev.tideline.engine.imports;

import dev.tideline.engine.FieldError;
import dev.tideline.engine.catalog.ProductDraft;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Products in files of any shop, by field names. */
final class GenericProducts implements RecordMapper<ProductDraft> {

  static final Set<String> FIELDS =
      Set.of(
          "product_id",
          "title",
          "description",
          "brand",
          "category",
          "price",
          "currency",
          "in_stock",
          "created_at");
  private static final String ATTRIBUTES = "attributes.";

  private final FieldMapping mapping;

  GenericProducts(FieldMapping mapping) {
    mapping.check(FIELDS, ATTRIBUTES);
    this.mapping = mapping;
  }

  @Override
  public Mapped<ProductDraft> map(SourceRecord record) {
    List<FieldError> errors = new ArrayList<>();
    BigDecimal price = price(record, errors);
    String currency = mapping.text(record, "currency");
    if (price != null && currency == null) {
      errors.add(new FieldError("currency", "is needed where there is a price"));
    }
    String stock = mapping.text(record, "in_stock");
    Optional<Boolean> inStock = stock == null ? Optional.of(true) : Texts.bool(stock);
    if (inStock.isEmpty()) {
      errors.add(new FieldError("in_stock", "is neither true nor false: " + stock));
    }
    String id = mapping.text(record, "product_id");
    ProductDraft draft =
        new ProductDraft(
            id == null ? "" : id,
            Texts.clean(mapping.text(record, "title")),
            Texts.cleanLines(mapping.text(record, "description")),
            Texts.clean(mapping.text(record, "brand")),
            Texts.clean(mapping.text(record, "category")),
            price,
            currency == null ? "XXX" : currency,
            inStock.orElse(true),
            attributes(record));
    Instant createdAt = createdAt(record, errors);
    errors.addAll(draft.problems());
    return errors.isEmpty() ? new Mapped.Row<>(draft, createdAt) : Mapped.invalid(errors);
  }

  private @Nullable BigDecimal price(SourceRecord record, List<FieldError> errors) {
    String text = mapping.text(record, "price");
    if (text == null) {
      return null;
    }
    Optional<BigDecimal> price = Texts.decimal(text);
    if (price.isEmpty()) {
      errors.add(new FieldError("price", "is no number: " + text));
    }
    return price.orElse(null);
  }

  private @Nullable Instant createdAt(SourceRecord record, List<FieldError> errors) {
    String text = mapping.text(record, "created_at");
    if (text == null) {
      return null;
    }
    Optional<Instant> time = Texts.instant(text, ZoneOffset.UTC);
    if (time.isEmpty()) {
      errors.add(new FieldError("created_at", "is no time: " + text));
    }
    return time.orElse(null);
  }

  private Map<String, Object> attributes(SourceRecord record) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    record.fields().keySet().stream()
        .filter(column -> column.startsWith(ATTRIBUTES))
        .sorted()
        .forEach(
            column -> put(attributes, column.substring(ATTRIBUTES.length()), record.text(column)));
    mapping.columns().keySet().stream()
        .filter(field -> field.startsWith(ATTRIBUTES))
        .sorted()
        .forEach(field ->
            put(attributes, field.substring(ATTRIBUTES.length()), mapping.text(record, field)));
    return attributes;
  }

  private static void put(Map<String, Object> attributes, String name, @Nullable String value) {
    if (value != null) {
      attributes.put(name, value);
    }
  }
}
