package dev.tideline.engine.imports;

import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.input.FieldError;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Maps Amazon's Shopping Queries catalog (ESCI) in the form of the OpenSearch sample. A price of 0
 * means unknown; ids are texts; bullet points are appended to the description.
 */
final class EsciProducts implements RecordMapper<ProductChange> {

  private static final List<String> ATTRIBUTES =
      List.of("color", "rating", "rating_count", "is_book", "image_url");

  /** The columns of fields whose names differ. */
  private static final Map<String, List<String>> COLUMNS =
      Map.of(
          "description", List.of("description", "bullet_points"),
          "category", List.of("category_path"),
          "currency", List.of("price"));

  private final boolean clearMissing;

  /**
   * A mapper.
   *
   * @param clearMissing whether fields that a record lacks are cleared
   */
  EsciProducts(boolean clearMissing) {
    this.clearMissing = clearMissing;
  }

  @Override
  public Set<String> neededColumns() {
    return Set.of("product_id");
  }

  @Override
  public Mapped<ProductChange> map(SourceRecord record) {
    String id = record.text("product_id");
    ProductDraft draft =
        new ProductDraft(
            id == null ? "" : id,
            Texts.clean(record.text("title")),
            description(record),
            Texts.clean(record.text("brand")),
            Texts.clean(record.text("category_path")),
            price(record),
            "USD",
            true,
            attributes(record));
    ProductChange change =
        clearMissing
            ? ProductChange.whole(draft)
            : new ProductChange(
                draft,
                ProductChange.missing(field -> has(record, field)),
                ATTRIBUTES.stream().filter(record::has).collect(Collectors.toSet()));
    List<FieldError> problems = change.problems();
    return problems.isEmpty() ? Mapped.row(change) : Mapped.invalid(problems);
  }

  private static boolean has(SourceRecord record, String field) {
    return COLUMNS.getOrDefault(field, List.of(field)).stream().anyMatch(record::has);
  }

  private static @Nullable BigDecimal price(SourceRecord record) {
    return Optional.ofNullable(record.text("price"))
        .flatMap(Texts::decimal)
        .filter(price -> price.signum() > 0)
        .orElse(null);
  }

  private static @Nullable String description(SourceRecord record) {
    String joined =
        Stream.of("description", "bullet_points")
            .map(column -> Texts.cleanLines(record.text(column)))
            .filter(text -> text != null)
            .collect(Collectors.joining("\n"));
    return joined.isEmpty() ? null : joined;
  }

  private static Map<String, Object> attributes(SourceRecord record) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    for (String name : ATTRIBUTES) {
      String value = Texts.clean(record.text(name));
      if (value != null) {
        attributes.put(name, typed(name, value));
      }
    }
    return attributes;
  }

  private static Object typed(String name, String value) {
    return switch (name) {
      case "rating", "rating_count" ->
          Texts.decimal(value).<Object>map(number -> number).orElse(value);
      case "is_book" -> Texts.bool(value).<Object>map(known -> known).orElse(value);
      default -> value;
    };
  }
}
