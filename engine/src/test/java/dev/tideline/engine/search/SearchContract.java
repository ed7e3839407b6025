package dev.tideline.engine.search;

import static dev.tideline.engine.ShopFixture.reads;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.ShopFixture;
import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.features.Shopper;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.search.SearchQuery.Filters;
import dev.tideline.engine.search.SearchQuery.Page;
import dev.tideline.engine.search.SearchQuery.Sort;
import dev.tideline.engine.words.Synonyms;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every engine does: searches of small catalogs, whose answers can be told beforehand.
 * Subclasses name the engine.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SearchContract {

  ShopFixture shop;
  private CatalogStore catalog;
  private ProductSearch search;

  @BeforeAll
  final void start() throws Exception {
    shop = new ShopFixture();
    catalog = new CatalogStore(shop.database());
    open();
    search = search(RankingWeights.TEXT_ALONE);
  }

  @AfterAll
  final void stop() throws Exception {
    close();
    shop.close();
  }

  @BeforeEach
  final void empty() throws Exception {
    shop.execute("TRUNCATE products CASCADE; DELETE FROM synonyms");
    count();
  }

  /** Opens the engine on {@link #shop}. */
  abstract void open() throws Exception;

  abstract void close() throws Exception;

  /** The search with weights of ranking. */
  abstract ProductSearch search(RankingWeights weights);

  /** Lets the engine take notice of what was written. */
  abstract void count() throws Exception;

  abstract void replaceSynonyms(List<Synonyms.Rule> rules) throws Exception;

  final void put(String id, String title) {
    put(id, title, null, null, null, null);
  }

  private void put(
      String id, String title, String description, String brand, String category, String price) {
    catalog.put(
        new ProductDraft(
            id,
            title,
            description,
            brand,
            category,
            price == null ? null : new BigDecimal(price),
            price == null ? "XXX" : "USD",
            true,
            Map.of("color", id.startsWith("red") ? "red" : "blue")));
  }

  private SearchResult result(String text) {
    return search.search(SearchQuery.of(text), Shopper.UNKNOWN, reads());
  }

  final List<String> find(String text) {
    return ids(result(text));
  }

  private List<String> ids(SearchResult result) {
    return result.hits().stream().map(hit -> hit.product().id()).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "cafe, Café table",
    "CAFÉ TABLE, cafe table",
    "13 inch laptop, Laptop 13\"",
    "13in laptop, Laptop 13-inch",
    "13 laptop, Laptop 13-inch",
    "6 foot ladder, 6ft Ladder",
    "womens shoe, Women's Shoes",
    "black/white mug, Mug Black-White",
    "1.5 litre, 1.5 Litre Kettle"
  })
  void search_writtenInAnotherWay_isFound(String query, String title) throws Exception {
    put("p", title);
    put("other", "Something else");
    count();
    assertThat(find(query)).containsExactly("p");
  }

  @Test
  void search_functionWords_neednotBeThere() throws Exception {
    put("p", "Leather shoes women");
    count();
    assertThat(find("the shoes for women")).containsExactly("p");
    put("who", "The Who record");
    count();
    assertThat(find("the")).containsExactly("who");
  }

  @Test
  void search_rareWord_countsForMore() throws Exception {
    for (int i = 0; i < 10; i++) {
      put("common" + i, "Garden chair " + i);
    }
    put("rare", "Garden gnome");
    count();
    assertThat(find("gnome chair").getFirst()).isEqualTo("rare");
  }

  @Test
  void search_wordsNextToEachOther_countForMore() throws Exception {
    put("apart", "Paper bag with lunch");
    put("together", "Paper lunch bag with");
    count();
    assertThat(find("lunch bag").getFirst()).isEqualTo("together");
  }

  @Test
  void search_titleBeforeBrandBeforeCategoryBeforeDescription() throws Exception {
    put("description", "Thing", "an umbrella", null, null, null);
    put("category", "Thing", null, null, "Umbrella", null);
    put("brand", "Thing", null, "Umbrella", null, null);
    put("title", "Umbrella", null, null, null, null);
    count();
    assertThat(find("umbrella")).containsExactly("title", "brand", "category", "description");
  }

  @Test
  void search_phrase_mustStandAsItIs() throws Exception {
    put("a", "Lunch bag red");
    put("b", "Bag for lunch");
    count();
    assertThat(find("\"lunch bag\"")).containsExactly("a");
    assertThat(find("red \"lunch bag\"")).containsExactly("a");
    assertThat(find("\"unclosed lunch")).isNotEmpty();
  }

  @Test
  void search_minus_leavesOut() throws Exception {
    put("red", "Lamp red");
    put("blue", "Lamp blue");
    count();
    assertThat(find("lamp -red")).containsExactly("blue");
    assertThat(find("lamp -\"lamp blue\"")).containsExactly("red");
    assertThat(result("lamp -red").normalizedQuery()).isEqualTo("lamp -red");
  }

  @Test
  void search_lastWordBegun_isFoundWithPrefix() throws Exception {
    put("p", "Running shoes");
    put("q", "Rubber duck");
    count();
    SearchQuery typing = SearchQuery.of("runni").asTyping();
    assertThat(ids(search.search(typing, Shopper.UNKNOWN, reads()))).containsExactly("p");
    assertThat(find("runni")).isEmpty();
    assertThat(ids(search.search(SearchQuery.of("shoes ru").asTyping(), Shopper.UNKNOWN, reads())))
        .startsWith("p");
  }

  @Test
  void search_typingError_isCorrectedAndSaid() throws Exception {
    put("p", "Kitchen knife");
    put("q", "Chicken coop");
    count();
    SearchResult result = result("kitcehn knife");
    assertThat(ids(result).getFirst()).isEqualTo("p");
    assertThat(result.correctedQuery()).contains("kitchen knife");
    assertThat(result.didYouMean()).contains("kitchen knife");
    assertThat(result("kitchen knife").correctedQuery()).isEmpty();
  }

  @Test
  void search_correctionThatFitsTheOtherWords_isChosen() throws Exception {
    for (int i = 0; i < 9; i++) {
      put("bread" + i, "Bread basket " + i);
    }
    put("beard", "Beard oil");
    count();
    SearchResult result = result("berad oil");
    assertThat(ids(result).getFirst()).isEqualTo("beard");
    assertThat(result.correctedQuery()).contains("beard oil");
  }

  @Test
  void search_wordsRunTogetherOrTornApart_areFound() throws Exception {
    put("bag", "Lunch bag");
    put("notebook", "Notebook lined");
    count();
    assertThat(find("lunchbag")).containsExactly("bag");
    assertThat(find("note book lined").getFirst()).isEqualTo("notebook");
  }

  @Test
  void search_synonyms_oneAndTwoWay() throws Exception {
    put("sofa", "Grey sofa");
    put("couch", "Grey couch");
    put("phone", "Mobile phone");
    put("smartphone", "Smartphone");
    count();
    replaceSynonyms(
        List.of(
            new Synonyms.Rule("Sofa", "couch", true),
            new Synonyms.Rule("mobile phone", "smartphone", false)));
    assertThat(find("sofa")).containsExactlyInAnyOrder("sofa", "couch").startsWith("sofa");
    assertThat(find("couch")).containsExactlyInAnyOrder("sofa", "couch").startsWith("couch");
    assertThat(find("mobile phone")).containsExactlyInAnyOrder("phone", "smartphone");
    assertThat(find("smartphone")).containsExactly("smartphone");
  }

  @Test
  void search_nothingKnown_isEmptyWithoutAnError() throws Exception {
    assertThat(result("xyzzy").total()).isZero();
    assertThat(result("!!!").total()).isZero();
    assertThat(result("-red").total()).isZero();
    assertThat(result("& | ! ( ) <-> :*").total()).isZero();
  }

  private Filters category(String... categories) {
    return new Filters(List.of(categories), List.of(), null, null, null, null, Map.of());
  }

  final void shopOfLamps() throws Exception {
    put("red1", "Lamp one", null, "Lumo", "Home > Lamps > Desk", "5.00");
    put("red2", "Lamp two", null, "Lumo", "Home > Lamps", "15.00");
    put("blue1", "Lamp three", null, "Brite", "Home > Lampshades", "25.00");
    put("blue2", "Lamp four", null, "Brite", "Garden", null);
    count();
  }

  @Test
  void search_filters_hold() throws Exception {
    shopOfLamps();
    SearchQuery lamps = SearchQuery.of("lamp");
    assertThat(ids(search.search(lamps.with(category("Home > Lamps")), Shopper.UNKNOWN, reads())))
        .containsExactlyInAnyOrder("red1", "red2");
    assertThat(
            ids(
                search.search(
                    lamps.with(category("Home > Lamps > Desk", "Garden")),
                    Shopper.UNKNOWN,
                    reads())))
        .containsExactlyInAnyOrder("red1", "blue2");
    Filters blue =
        new Filters(List.of(), List.of(), null, null, null, null, Map.of("color", List.of("blue")));
    assertThat(ids(search.search(lamps.with(blue), Shopper.UNKNOWN, reads())))
        .containsExactlyInAnyOrder("blue1", "blue2");
    Filters dear =
        new Filters(
            List.of(), List.of("Lumo", "Brite"), new BigDecimal("6"), null, null, null, Map.of());
    assertThat(ids(search.search(lamps.with(dear).with(Sort.PRICE_DESC), Shopper.UNKNOWN, reads())))
        .containsExactly("blue1", "red2");
    assertThat(ids(search.search(lamps.with(Sort.PRICE_ASC), Shopper.UNKNOWN, reads())))
        .as("an unknown price sorts last")
        .containsExactly("red1", "red2", "blue1", "blue2");
  }

  @Test
  void search_byPrice_unknownAndOtherCurrenciesComeLast_noneIsMissing() throws Exception {
    shopOfLamps();
    catalog.put(
        new ProductDraft(
            "euro", "Lamp five", null, "Lumo", null, BigDecimal.TEN, "EUR", true, Map.of()));
    count();
    SearchQuery lamps = SearchQuery.of("lamp");
    assertThat(ids(search.search(lamps.with(Sort.PRICE_ASC), Shopper.UNKNOWN, reads())))
        .containsExactly("red1", "red2", "blue1", "blue2", "euro");
    assertThat(ids(search.search(lamps.with(Sort.PRICE_DESC), Shopper.UNKNOWN, reads())))
        .containsExactly("blue1", "red2", "red1", "blue2", "euro");
  }

  @ParameterizedTest
  @EnumSource(Sort.class)
  void search_productsWithSomeWords_comeBehindThoseWithAll(Sort sort) throws Exception {
    put("some1", "Garden gnome", null, null, null, "1.00");
    put("all1", "Garden chair with a gnome on it, of wood, and much more", null, null, null, null);
    put("all2", "Chair, garden, gnome", null, null, null, "30.00");
    put("some2", "Gnome", null, null, null, "99.00");
    count();
    for (RankingWeights weights : List.of(RankingWeights.TEXT_ALONE, RankingWeights.DEFAULT)) {
      ProductSearch ranked = search(weights);
      SearchQuery query = SearchQuery.of("garden gnome chair").with(sort);
      List<String> found = ids(ranked.search(query, Shopper.UNKNOWN, reads()));
      assertThat(found).containsExactlyInAnyOrder("all1", "all2", "some1", "some2");
      assertThat(found.subList(0, 2)).containsExactlyInAnyOrder("all1", "all2");
    }
  }

  /** Enough products have all words, so those with some are left out, whatever is left of them. */
  @Test
  void search_filterThatLeavesFew_addsNoneWithSomeWords() throws Exception {
    for (int i = 0; i < SearchStoreStatement.RELAX_BELOW; i++) {
      put("both" + i, "Oak lamp " + i, null, i == 0 ? "Lumo" : "Brite", null, null);
    }
    put("some", "Oak table", null, "Lumo", null, null);
    put("meant", "Oak lmap", null, "Other", null, null);
    count();
    SearchQuery lamps = SearchQuery.of("oak lamp");
    assertThat(result("oak lamp").total()).isEqualTo(SearchStoreStatement.RELAX_BELOW);
    Filters lumo = new Filters(List.of(), List.of("Lumo"), null, null, null, null, Map.of());
    for (SearchQuery query : List.of(lamps, lamps.with(Facet.parse("brand,category")))) {
      SearchResult found = search.search(query.with(lumo), Shopper.UNKNOWN, reads());
      assertThat(ids(found)).containsExactly("both0");
      assertThat(found.total()).isEqualTo(1);
    }
    Filters other = new Filters(List.of(), List.of("Nobody"), null, null, null, null, Map.of());
    SearchResult nothing = search.search(lamps.with(other), Shopper.UNKNOWN, reads());
    assertThat(nothing.total()).isZero();
    assertThat(nothing.correctedQuery()).isEmpty();
  }

  @Test
  void laws_holdInAnyCatalog() throws Exception {
    long seed = Long.getLong("tideline.test.seed", new Random().nextLong());
    Random random = new Random(seed);
    List<ProductSearch> searches =
        Stream.of(RankingWeights.TEXT_ALONE, RankingWeights.DEFAULT).map(this::search).toList();
    SearchLaws laws = new SearchLaws(random);
    for (int size : List.of(8, 30, 90)) {
      shop.execute("TRUNCATE products CASCADE");
      catalog.putAll(laws.catalog(size));
      count();
      for (int i = 0; i < 8; i++) {
        SearchQuery query = laws.query();
        for (ProductSearch one : searches) {
          laws.check(
              "seed %d, %d products: %s".formatted(seed, size, query),
              query,
              asked -> one.search(asked, Shopper.UNKNOWN, reads()));
        }
      }
    }
  }

  @Test
  void search_facets_countWithoutTheirOwnFilter() throws Exception {
    shopOfLamps();
    List<Facet> facets = Facet.parse("brand,category,attributes.color,in_stock");
    Filters lumo = new Filters(List.of(), List.of("Lumo"), null, null, null, null, Map.of());
    SearchResult result =
        search.search(SearchQuery.of("lamp").with(lumo).with(facets), Shopper.UNKNOWN, reads());
    assertThat(result.total()).isEqualTo(2);
    assertThat(ids(result)).containsExactlyInAnyOrder("red1", "red2");
    assertThat(result.facets().get("brand"))
        .containsExactly(new Facet.Count("Brite", 2), new Facet.Count("Lumo", 2));
    assertThat(result.facets().get("attributes.color")).containsExactly(new Facet.Count("red", 2));
    assertThat(result.facets().get("category"))
        .containsExactly(
            new Facet.Count("Home", 2),
            new Facet.Count("Home > Lamps", 2),
            new Facet.Count("Home > Lamps > Desk", 1));
    assertThat(result.facets().get("in_stock")).containsExactly(new Facet.Count("true", 2));
  }

  @Test
  void search_pagesByCursor_coverEveryMatchOnce() throws Exception {
    for (int i = 0; i < 25; i++) {
      put("p%02d".formatted(i), "Blue chair");
    }
    count();
    List<String> seen = new ArrayList<>();
    SearchQuery query = SearchQuery.of("chair");
    Optional<String> cursor = Optional.empty();
    do {
      SearchQuery page =
          cursor.isEmpty() ? query : query.with(new Page(10, Cursor.offset(cursor.get(), query)));
      SearchResult result = search.search(page, Shopper.UNKNOWN, reads());
      assertThat(result.total()).isEqualTo(25);
      seen.addAll(ids(result));
      cursor = Cursor.next(page, result);
    } while (cursor.isPresent());
    assertThat(seen).hasSize(25).doesNotHaveDuplicates();
  }
}
