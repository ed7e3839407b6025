package dev.tideline.engine.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tideline.engine.input.FieldError;
import dev.tideline.engine.input.InvalidInputException;
import dev.tideline.engine.preferences.Preferences;
import dev.tideline.engine.recommend.RecommendationQuery;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of categories, wherever one is taken. */
final class CategoryPathTest {

  @ParameterizedTest
  @ValueSource(strings = {"A", "A > B > C", "A>B", "Age 5+ > 3-in-1", "a > b"})
  void problem_path_none(String path) {
    assertThat(CategoryPath.problem(path)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", ">", "A > > B", "A >  > B", "A > ", "A >", " > A", "> A", "A > B >> C >"})
  void problem_emptyLevel_isNamed(String path) {
    assertThat(CategoryPath.problem(path)).isPresent();
  }

  @Test
  void emptyLevel_isRefusedInProductsPreferencesAndRecommendations() {
    String path = "A > > B";
    assertThat(
            new ProductDraft("id", "t", null, null, path, null, "USD", true, Map.of()).problems())
        .extracting(FieldError::field)
        .containsExactly("category");
    assertThatThrownBy(() -> new Preferences(List.of("A", path), List.of(), null, null))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            e ->
                assertThat(e.errors())
                    .extracting(FieldError::field)
                    .containsExactly("categories[1]"));
    assertThatThrownBy(() -> new RecommendationQuery("u", 1, Optional.of(path), false, List.of()))
        .hasMessageContaining("category");
  }
}
