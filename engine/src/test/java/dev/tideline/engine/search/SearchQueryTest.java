package dev.tideline.engine.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tideline.engine.input.FieldError;
import dev.tideline.engine.input.InvalidInputException;
import dev.tideline.engine.search.SearchQuery.Filters;
import dev.tideline.engine.search.SearchQuery.Page;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SearchQueryTest {

  @ParameterizedTest
  @CsvSource({
    "a, 0, 0, limit",
    "a, 101, 0, limit",
    "a, 10, -1, offset",
    "a, 10, 10001, offset",
    "' ', 10, 0, q"
  })
  void new_outsideTheBounds_namesTheField(String text, int limit, int offset, String field) {
    assertThatThrownBy(() -> SearchQuery.of(text).with(new Page(limit, offset)))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            e -> assertThat(e.errors()).extracting(FieldError::field).containsExactly(field));
  }

  @Test
  void new_longOrControlCharacters_isRefused() {
    assertThatThrownBy(() -> SearchQuery.of("a".repeat(501)))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> SearchQuery.of("a\0b")).isInstanceOf(InvalidInputException.class);
    assertThat(SearchQuery.of("a".repeat(500)).text()).hasSize(500);
  }

  @Test
  void new_categoryWithAnEmptyLevel_isRefused() {
    Filters filters =
        new Filters(List.of("A > B", "A > > B"), List.of(), null, null, null, null, Map.of());
    assertThatThrownBy(() -> SearchQuery.of("a").with(filters))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            e -> assertThat(e.errors()).extracting(FieldError::field).containsExactly("category"));
  }

  @Test
  void cursor_goesOnWhateverTheOrderAndFormOfFilters() {
    SearchQuery asked =
        SearchQuery.of("lamp")
            .with(
                new Filters(
                    List.of("A", "B"),
                    List.of("C", "D"),
                    new BigDecimal("10"),
                    null,
                    null,
                    null,
                    Map.of("x", List.of("1", "2"))));
    SearchQuery otherwise =
        SearchQuery.of("lamp")
            .with(
                new Filters(
                    List.of("B", "A", "B"),
                    List.of("D", "C"),
                    new BigDecimal("10.0"),
                    null,
                    null,
                    null,
                    Map.of("x", List.of("2", "1"))));
    SearchResult result =
        new SearchResult("", Optional.empty(), Optional.empty(), 99, List.of(), Map.of());
    String cursor = Cursor.next(asked, result).orElseThrow();
    assertThat(Cursor.offset(cursor, otherwise)).isEqualTo(10);
    SearchQuery joined =
        asked.with(
            new Filters(
                List.of("A, B"),
                List.of("C", "D"),
                new BigDecimal("10"),
                null,
                null,
                null,
                Map.of("x", List.of("1", "2"))));
    assertThatThrownBy(() -> Cursor.offset(cursor, joined)).hasMessageContaining("another search");
  }

  @Test
  void new_minAboveMax_isRefused() {
    Filters filters =
        new Filters(List.of(), List.of(), BigDecimal.TEN, BigDecimal.ONE, null, null, Map.of());
    assertThatThrownBy(() -> SearchQuery.of("a").with(filters))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("min_price");
  }
}
