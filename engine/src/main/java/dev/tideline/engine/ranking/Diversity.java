package dev.tideline.engine.ranking;

import dev.tideline.engine.catalog.ProductSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Mixes brands and categories: at most so many products of one brand or of one category are placed
 * in a row, if there is another product to place between them.
 *
 * @param rowMax 1 or more
 */
public record Diversity(int rowMax) {

  public static final Diversity DEFAULT = new Diversity(3);

  /** Checks the bound. */
  public Diversity {
    if (rowMax < 1) {
      throw new IllegalArgumentException("a row has at least one, not " + rowMax);
    }
  }

  /**
   * The first products of a list, each as early as the limit on rows allows; none is dropped.
   *
   * @param ranked the best first
   * @param limit how many are wanted
   */
  public <T> List<T> arrange(List<T> ranked, Function<T, ProductSummary> product, int limit) {
    List<T> waiting = new ArrayList<>(ranked);
    List<T> arranged = new ArrayList<>();
    while (!waiting.isEmpty() && arranged.size() < limit) {
      List<T> row = arranged.subList(Math.max(0, arranged.size() - rowMax), arranged.size());
      T next =
          waiting.stream()
              .filter(one -> !closes(row, one, product, ProductSummary::brand))
              .filter(one -> !closes(row, one, product, ProductSummary::category))
              .findFirst()
              .orElse(waiting.getFirst());
      waiting.remove(next);
      arranged.add(next);
    }
    return arranged;
  }

  /** Whether the row is full and all its products share the next product's value. */
  private <T> boolean closes(
      List<T> row,
      T next,
      Function<T, ProductSummary> product,
      Function<ProductSummary, @Nullable String> field) {
    String value = field.apply(product.apply(next));
    return value != null
        && row.size() == rowMax
        && row.stream().allMatch(one -> Objects.equals(field.apply(product.apply(one)), value));
  }
}
