package dev.tideline.engine.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.input.FieldError;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProductDraftTest {

  private static ProductDraft draft(
      String id, String title, String category, BigDecimal price, String currency) {
    return new ProductDraft(id, title, "", "Brand", category, price, currency, true, Map.of());
  }

  private static List<String> fields(ProductDraft draft) {
    return draft.problems().stream().map(FieldError::field).toList();
  }

  @Test
  void problems_ordinaryProduct_none() {
    assertThat(draft("p1", "Lamp", "Home > Lamps", new BigDecimal("9.99"), "EUR").problems())
        .isEmpty();
  }

  @Test
  void problems_everythingWrong_tellsAllAtOnce() {
    ProductDraft draft =
        new ProductDraft(
            "", null, "\0", "b\nb", "A >  > B", new BigDecimal("-1"), "eur", true, Map.of("", 1));
    assertThat(fields(draft))
        .containsExactlyInAnyOrder(
            "product_id",
            "title",
            "description",
            "brand",
            "category",
            "price",
            "currency",
            "attributes.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0.5", "9999999999.99", "1.10", "1.100", "1E+2"})
  void problems_priceThatFits_none(String price) {
    assertThat(fields(draft("p", "t", null, new BigDecimal(price), "USD"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-0.01", "0.001", "10000000000", "1E+99"})
  void problems_priceThatDoesNotFit_isTold(String price) {
    assertThat(fields(draft("p", "t", null, new BigDecimal(price), "USD")))
        .containsExactly("price");
  }

  @Test
  void problems_limits_areInclusive() {
    assertThat(fields(draft("x".repeat(128), "t".repeat(500), null, null, "USD"))).isEmpty();
    assertThat(fields(draft("x".repeat(129), "t".repeat(501), null, null, "USD")))
        .containsExactlyInAnyOrder("product_id", "title");
  }

  @Test
  void problems_tooManyAttributes_isTold() {
    Map<String, Object> attributes = new HashMap<>();
    for (int i = 0; i <= ProductDraft.ATTRIBUTES_MAX; i++) {
      attributes.put("a" + i, i);
    }
    ProductDraft draft =
        new ProductDraft("p", "t", null, null, null, null, "USD", true, attributes);
    assertThat(fields(draft)).containsExactly("attributes");
  }
}
