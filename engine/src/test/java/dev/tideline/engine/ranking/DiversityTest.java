package dev.tideline.engine.ranking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.catalog.ProductSummary;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class DiversityTest {

  private static ProductSummary product(
      String id, @Nullable String brand, @Nullable String category) {
    return new ProductSummary(id, id, brand, category, null, "XXX", true);
  }

  /** Products named by brand and category, two letters each. */
  private static String arranged(int rowMax, int limit, String... names) {
    List<ProductSummary> ranked =
        Stream.of(names)
            .map(name -> product(name, name.substring(0, 1), name.substring(1, 2)))
            .toList();
    return new Diversity(rowMax)
        .arrange(ranked, Function.identity(), limit).stream()
            .map(ProductSummary::id)
            .collect(Collectors.joining(" "));
  }

  @Test
  void arrange_rowOfOneBrand_isBroken() {
    assertThat(arranged(2, 5, "a1", "a2", "a3", "a4", "b5")).isEqualTo("a1 a2 b5 a3 a4");
  }

  @Test
  void arrange_rowOfOneCategory_isBroken() {
    assertThat(arranged(1, 4, "a1", "b1", "c2", "d1")).isEqualTo("a1 c2 b1 d1");
  }

  @Test
  void arrange_nothingElseLeft_keepsTheOrderAndLosesNothing() {
    assertThat(arranged(2, 4, "a1", "a1", "a1", "a1")).isEqualTo("a1 a1 a1 a1");
  }

  @Test
  void arrange_limit_isKept() {
    assertThat(arranged(1, 2, "a1", "a2", "b3")).isEqualTo("a1 b3");
  }

  @Test
  void arrange_unknownBrandAndCategory_areNoRow() {
    List<ProductSummary> ranked =
        List.of(product("x", null, null), product("y", null, null), product("z", null, null));
    assertThat(new Diversity(1).arrange(ranked, Function.identity(), 3)).isEqualTo(ranked);
  }
}
