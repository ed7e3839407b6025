package dev.tideline.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.search.SearchQuery.Filters;
import dev.tideline.engine.search.SearchQuery.Page;
import dev.tideline.engine.search.SearchQuery.Sort;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What holds for every search: what is found is decided by the words alone. Facets change nothing,
 * filters only leave out, an order only orders, and a facet's count is the total once its value is
 * chosen.
 */
final class SearchLaws {

  private static final List<String> WORDS =
      List.of("lamp", "desk", "oak", "chair", "zorblax", "the", "lmap", "kitchen");
  private static final List<String> BRANDS = List.of("Lumo", "Brite", "A, B", "Oak");
  private static final List<String> CATEGORIES =
      List.of("Home", "Home > Desk", "Home > Desk > Oak", "Garden", "Home > Deskless");
  private static final List<String> COLORS = List.of("red", "blue", "red, blue");
  private static final List<Facet> FACETS = Facet.parse("category,brand,attributes.color,in_stock");

  private final Random random;

  SearchLaws(Random random) {
    this.random = random;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private <T> @Nullable T maybe(List<T> of) {
    return random.nextInt(3) == 0 ? null : one(of);
  }

  private <T> List<T> some(List<T> of) {
    return random.nextInt(3) > 0
        ? List.of()
        : random.nextBoolean() ? List.of(one(of)) : of.subList(0, 2);
  }

  private String words(int most) {
    List<String> words = new ArrayList<>();
    for (int i = random.nextInt(most); i >= 0; i--) {
      words.add(one(WORDS));
    }
    return String.join(" ", words);
  }

  List<ProductDraft> catalog(int size) {
    List<ProductDraft> drafts = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      String currency = maybe(List.of("USD", "USD", "EUR"));
      drafts.add(
          new ProductDraft(
              "p" + i,
              words(4),
              words(6),
              maybe(BRANDS),
              maybe(CATEGORIES),
              currency == null ? null : new BigDecimal(1 + random.nextInt(9)),
              currency == null ? "XXX" : currency,
              random.nextBoolean(),
              random.nextBoolean() ? Map.of() : Map.of("color", one(COLORS))));
    }
    return drafts;
  }

  SearchQuery query() {
    String text = words(3);
    if (random.nextInt(5) == 0) {
      text += random.nextBoolean() ? " -" + one(WORDS) : " \"" + words(2) + '"';
    }
    Filters filters =
        new Filters(
            some(CATEGORIES),
            some(BRANDS),
            maybe(List.of(BigDecimal.ONE, BigDecimal.TWO)),
            null,
            random.nextInt(4) == 0 ? "EUR" : null,
            random.nextInt(3) == 0 ? Boolean.TRUE : null,
            random.nextInt(4) == 0 ? Map.of("color", List.of(one(COLORS))) : Map.of());
    SearchQuery query = SearchQuery.of(text).with(new Page(100, 0)).with(filters);
    return random.nextInt(5) == 0 ? query.asTyping() : query;
  }

  void check(String about, SearchQuery query, Function<SearchQuery, SearchResult> search) {
    List<String> found = ids(search.apply(query.with(Filters.NONE)));
    SearchResult filtered = search.apply(query);
    assertThat(found).as("filters only leave out; %s", about).containsAll(ids(filtered));
    SearchResult counted = search.apply(query.with(FACETS));
    assertThat(counted.total()).as("facets and total; %s", about).isEqualTo(filtered.total());
    assertThat(ids(counted)).as("facets and order; %s", about).isEqualTo(ids(filtered));
    for (Sort sort : Sort.values()) {
      assertThat(ids(search.apply(query.with(sort))))
          .as("sorted by %s; %s", sort, about)
          .containsExactlyInAnyOrderElementsOf(ids(filtered));
    }
    counted
        .facets()
        .forEach((name, counts) ->
            counts.stream()
                .limit(3)
                .forEach(count ->
                    assertThat(
                            search
                                .apply(query.with(choosing(query.filters(), name, count.value())))
                                .total())
                        .as("%s of %s; %s", count, name, about)
                        .isEqualTo(count.count())));
  }

  private static Filters choosing(Filters now, String facet, String value) {
    Map<String, List<String>> attributes = new HashMap<>(now.attributes());
    if (facet.startsWith(Facet.ATTRIBUTE)) {
      attributes.put(facet.substring(Facet.ATTRIBUTE.length()), List.of(value));
    }
    return new Filters(
        facet.equals("category") ? List.of(value) : now.categories(),
        facet.equals("brand") ? List.of(value) : now.brands(),
        now.minPrice(),
        now.maxPrice(),
        now.currency(),
        facet.equals("in_stock") ? Boolean.valueOf(value) : now.inStock(),
        attributes);
  }

  private static List<String> ids(SearchResult result) {
    return result.hits().stream().map(hit -> hit.product().id()).toList();
  }
}
