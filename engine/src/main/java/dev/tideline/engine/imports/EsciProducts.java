package dev.tideline.engine.imports;

import dev.tideline.engine.FieldError;
import dev.tideline.engine.catalog.ProductDraft;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Amazon's Shopping Queries catalog (ESCI), as the OpenSearch sample has it. A price of 0 there
 * means unknown; ids are texts; bullet points join the description.
 */
final class EsciProducts implements RecordMapper<ProductDraft> {

  private static final List<String> ATTRIBUTES =
      List.of("color", "rating", "rating_count", "is_book", "image_url");

  @Override
  public Mapped<ProductDraft> map(SourceRecord record) {
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
    List<FieldError> problems = draft.problems();
    return problems.isEmpty() ? Mapped.row(draft) : Mapped.invalid(problems);
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
