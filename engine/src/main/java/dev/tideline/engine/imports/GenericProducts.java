package dev.tideline.engine.imports;

import dev.tideline.engine.catalog.ProductColumn;
import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.input.FieldError;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Maps products in files of any shop, by field names. */
final class GenericProducts implements RecordMapper<ProductChange> {

  static final Set<String> FIELDS =
      Stream.concat(
              ProductColumn.changing().stream()
                  .filter(name -> !name.equals(ProductColumn.ATTRIBUTES.column())),
              Stream.of("product_id", "created_at"))
          .collect(Collectors.toUnmodifiableSet());

  private static final String ATTRIBUTES = "attributes.";

  /** ISO 4217's "no currency", for a product that has no price. */
  private static final String NO_CURRENCY = "XXX";

  private final FieldMapping mapping;
  private final boolean clearMissing;

  /**
   * A mapper.
   *
   * @param clearMissing whether fields that a record lacks are cleared
   */
  GenericProducts(FieldMapping mapping, boolean clearMissing) {
    mapping.check(FIELDS, ATTRIBUTES);
    this.mapping = mapping;
    this.clearMissing = clearMissing;
  }

  @Override
  public Set<String> neededColumns() {
    return mapping.columnsOf("product_id");
  }

  @Override
  public List<String> unusedColumns(List<String> columns) {
    return mapping.unused(columns, FIELDS, ATTRIBUTES);
  }

  @Override
  public Mapped<ProductChange> map(SourceRecord record) {
    List<FieldError> errors = new ArrayList<>();
    BigDecimal price = price(record, errors);
    String currency = mapping.text(record, "currency");
    Set<String> missing = missing(record);
    if (price != null && currency == null && !missing.contains("currency")) {
      errors.add(new FieldError("currency", "is needed where there is a price"));
    }
    String stock = mapping.text(record, "in_stock");
    Optional<Boolean> inStock = stock == null ? Optional.of(true) : Texts.bool(stock);
    if (inStock.isEmpty()) {
      errors.add(new FieldError("in_stock", "must be true or false, not " + stock));
    }
    String id = mapping.text(record, "product_id");
    Map<String, Optional<String>> attributes = attributes(record);
    ProductDraft draft =
        new ProductDraft(
            id == null ? "" : id,
            Texts.clean(mapping.text(record, "title")),
            Texts.cleanLines(mapping.text(record, "description")),
            Texts.clean(mapping.text(record, "brand")),
            Texts.clean(mapping.text(record, "category")),
            price,
            currency == null ? NO_CURRENCY : currency,
            inStock.orElse(true),
            present(attributes));
    Instant createdAt = createdAt(record, errors);
    ProductChange change = new ProductChange(draft, missing, attributes.keySet());
    errors.addAll(change.problems());
    return errors.isEmpty() ? new Mapped.Row<>(change, createdAt) : Mapped.invalid(errors);
  }

  /**
   * The missing fields. {@code attributes} is always missing: each attribute has its own column.
   */
  private Set<String> missing(SourceRecord record) {
    return clearMissing
        ? Set.of()
        : ProductChange.missing(field -> mapping.has(record, field) && FIELDS.contains(field));
  }

  private @Nullable BigDecimal price(SourceRecord record, List<FieldError> errors) {
    String text = mapping.text(record, "price");
    if (text == null) {
      return null;
    }
    Optional<BigDecimal> price = Texts.decimal(text);
    if (price.isEmpty()) {
      errors.add(new FieldError("price", "is not a number: " + text));
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

  /** The attributes that the record names; if it names one twice, the mapped column is used. */
  private Map<String, Optional<String>> attributes(SourceRecord record) {
    Map<String, Optional<String>> attributes = new TreeMap<>();
    Set<String> fields = new TreeSet<>(record.columns());
    fields.removeIf(field -> !field.startsWith(ATTRIBUTES));
    for (String field : fields) {
      attributes.put(name(field), Optional.ofNullable(record.text(field)));
    }
    for (String field : mapping.fields()) {
      if (field.startsWith(ATTRIBUTES) && mapping.has(record, field)) {
        attributes.put(name(field), Optional.ofNullable(mapping.text(record, field)));
      }
    }
    return attributes;
  }

  private static String name(String field) {
    return field.substring(ATTRIBUTES.length());
  }

  private static Map<String, Object> present(Map<String, Optional<String>> attributes) {
    Map<String, Object> present = new TreeMap<>();
    attributes.forEach((name, value) -> value.ifPresent(text -> present.put(name, text)));
    return present;
  }
}
