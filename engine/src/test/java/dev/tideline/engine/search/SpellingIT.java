package dev.tideline.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.ShopFixture;
import dev.tideline.engine.features.Shopper;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.words.Language;
import dev.tideline.engine.words.VocabularyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Queries that people typed, each with a typing error, against a catalog of real products. */
final class SpellingIT {

  private static ShopFixture shop;
  private static Language language;

  @BeforeAll
  static void start() throws Exception {
    shop = new ShopFixture();
    EsciShop.load(shop);
    language = Language.open(new VocabularyStore(shop.database()));
  }

  @AfterAll
  static void stop() {
    if (language != null) {
      language.close();
    }
    shop.close();
  }

  @Test
  void search_oneEditInAWordOfTheCatalog_answersAsIfThereWereNone() throws Exception {
    answersAsIfThereWereNone(5);
  }

  @Test
  @Tag("long")
  void search_oneEditInAnyWordOfTheCatalog_answersAsIfThereWereNone() throws Exception {
    answersAsIfThereWereNone(1);
  }

  /** Tries one of so many words. */
  private static void answersAsIfThereWereNone(int oneOf) throws Exception {
    ProductSearch search = shop.storefront(language, RankingWeights.TEXT_ALONE).search();
    Typos typos = new Typos(20260301);
    int tried = 0;
    List<String> missed = new ArrayList<>();
    for (String query : EsciShop.queries()) {
      List<String> words = new ArrayList<>(ParsedQuery.parse(query).words());
      for (int at = 0; at < words.size(); at++) {
        String word = words.get(at);
        if (words.hashCode() % oneOf != 0
            || word.length() < 5
            || !word.chars().allMatch(Character::isLetter)
            || !language.state().vocabulary().knows(word)) {
          continue;
        }
        Optional<String> right = top(search, String.join(" ", words));
        words.set(at, typos.in(word));
        String typed = String.join(" ", words);
        words.set(at, word);
        tried++;
        if (!top(search, typed).equals(right)) {
          missed.add(typed + " (" + word + ")");
        }
      }
    }
    assertThat(tried).isGreaterThan(500 / oneOf);
    System.out.printf(
        "%d of %d misspelt queries had another first product%n", missed.size(), tried);
    assertThat(missed.size()).as("of %d: %s", tried, missed).isLessThanOrEqualTo(tried / 10);
  }

  private static Optional<String> top(ProductSearch search, String query) {
    return search
        .search(SearchQuery.of(query), Shopper.UNKNOWN, ShopFixture.reads())
        .hits()
        .stream()
        .findFirst()
        .map(hit -> hit.product().id());
  }
}
