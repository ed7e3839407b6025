package dev.tideline.engine.suggest;

import static dev.tideline.engine.ShopFixture.reads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tideline.engine.ShopFixture;
import dev.tideline.engine.TestShop;
import dev.tideline.engine.input.InvalidInputException;
import dev.tideline.engine.jobs.JobStore;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.search.QueryLog;
import dev.tideline.engine.search.QueryLogStore;
import dev.tideline.engine.words.Language;
import dev.tideline.engine.words.VocabularyStore;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class SuggesterIT {

  private static ShopFixture fixture;
  private static Language language;
  private static Suggester suggester;

  @BeforeAll
  static void start() throws Exception {
    fixture = new ShopFixture();
    TestShop shop = new TestShop(fixture);
    shop.product("p1", "Red Lunch Bag", "Kitchen > Lunch boxes", "Lumo", null);
    shop.product("p2", "Lamp, brass", "Home > Lamps", "Lumo", null);
    shop.product("p3", "Laptop 13\" sleeve", "Computing", "Brite", null);
    VocabularyStore words = new VocabularyStore(fixture.database());
    words.rebuild();
    language = Language.open(words);
    try (QueryLog log = new QueryLog(new QueryLogStore(fixture.database()))) {
      for (int i = 0; i < 5; i++) {
        log.add("lunch bag", Optional.of("u:" + i), false);
        log.add("lunch boxes", Optional.of("s:" + i), i > 2);
        log.add("lunch nothing", Optional.of("u:" + i), true);
        log.add("lunhc bag", Optional.of("u:" + i), false);
      }
      for (int i = 0; i < 1_000; i++) {
        log.add("lunch sleeve", Optional.of("s:bot"), false);
        log.add("lunch lamp", Optional.empty(), false);
        log.add("lunch kitchen", Optional.of("u:" + i % 2), false);
      }
    }
    shop.searches("bot", "lunch home", 1_000);
    shop.searches("a", "lunch kitchen", 1); // beside two who asked otherwise, the third
    for (String session : List.of("a", "b", "c", "d")) {
      shop.searches(session, "lunch nothing", 1);
    }
    new SuggestionJob(new JobStore(fixture.database())).run();
    suggester = fixture.storefront(language, RankingWeights.DEFAULT).suggester();
  }

  @AfterAll
  static void stop() {
    language.close();
    fixture.close();
  }

  private static List<String> texts(String typed) {
    return suggester.suggest(typed, 10, reads()).stream().map(Suggestion::text).toList();
  }

  @Test
  void suggest_pastQueriesFirst_byUse() {
    assertThat(texts("lun"))
        .containsExactly("lunch bag", "lunch boxes", "lunch kitchen", "Red Lunch Bag");
  }

  @Test
  void suggest_queriesWithoutResultsOrWithErrors_areNot() {
    assertThat(texts("lunch")).doesNotContain("lunch nothing").doesNotContain("lunhc bag");
  }

  @Test
  void suggest_queriesOfOneActorOrNobody_areNot() {
    assertThat(texts("lunch")).doesNotContain("lunch sleeve", "lunch home", "lunch lamp");
  }

  @Test
  void suggest_brandsAndCategoriesAndProducts_areTold() {
    assertThat(suggester.suggest("lu", 10, reads()))
        .contains(new Suggestion("Lumo", Suggestion.Kind.BRAND));
    assertThat(suggester.suggest("lamps", 10, reads()))
        .containsExactly(new Suggestion("Lamps", Suggestion.Kind.CATEGORY));
    assertThat(suggester.suggest("laptop 13 inch", 10, reads()))
        .containsExactly(new Suggestion("Laptop 13\" sleeve", Suggestion.Kind.PRODUCT));
  }

  @Test
  void suggest_anyWordOfTheText_isABeginning() {
    assertThat(texts("bra")).containsExactly("Lamp, brass");
    assertThat(texts("BAG")).contains("Red Lunch Bag");
  }

  @Test
  void suggest_typingError_isMended() {
    assertThat(texts("lumch b")).startsWith("lunch bag");
    assertThat(texts("brasd")).containsExactly("Lamp, brass");
  }

  @Test
  void suggest_limit_isKeptAndChecked() {
    assertThat(suggester.suggest("l", 2, reads())).hasSize(2);
    assertThat(suggester.suggest("!", 2, reads())).isEmpty();
    assertThatThrownBy(() -> suggester.suggest(" ", 101, reads()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("q:")
        .hasMessageContaining("limit:");
  }
}
