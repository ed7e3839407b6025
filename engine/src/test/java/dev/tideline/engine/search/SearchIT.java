package dev.tideline.engine.search;

import static dev.tideline.engine.ShopFixture.reads;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.ShopFixture;
import dev.tideline.engine.caching.QueryCache;
import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.features.Shopper;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.search.SearchQuery.Filters;
import dev.tideline.engine.search.SearchQuery.Page;
import dev.tideline.engine.search.SearchQuery.Sort;
import dev.tideline.engine.words.Language;
import dev.tideline.engine.words.SearchText;
import dev.tideline.engine.words.Synonyms;
import dev.tideline.engine.words.VocabularyStore;
import dev.tideline.routing.sql.Classification;
import dev.tideline.routing.sql.StatementKind;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches of small catalogs, whose answers can be told beforehand. */
final class SearchIT {

  private static ShopFixture shop;
  private static VocabularyStore words;
  private static Language language;
  private static ProductSearch search;
  private static CatalogStore catalog;

  @BeforeAll
  static void start() throws Exception {
    shop = new ShopFixture();
    words = new VocabularyStore(shop.database());
    language = Language.open(words);
    search = shop.storefront(language, RankingWeights.TEXT_ALONE).search();
    catalog = new CatalogStore(shop.database());
  }

  @AfterAll
  static void stop() {
    language.close();
    shop.close();
  }

  @BeforeEach
  void empty() {
    shop.execute("TRUNCATE products CASCADE; DELETE FROM synonyms");
    count();
  }

  private static void count() {
    words.rebuild();
    language.refresh();
  }

  private static void put(String id, String title) {
    put(id, title, null, null, null, null);
  }

  private static void put(
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

  private static SearchResult result(String text) {
    return search.search(SearchQuery.of(text), Shopper.UNKNOWN, reads());
  }

  private static List<String> find(String text) {
    return ids(result(text));
  }

  private static List<String> ids(SearchResult result) {
    return result.hits().stream().map(hit -> hit.product().id()).toList();
  }

  /** The database folds the catalog as queries are folded. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Café Señor ÅNGSTRÖM ﬁne ½",
        "13-inch 13\" 13 in 13'' 36\" x 24\" 6ft 6' 5.5 lbs 1,000 ounces 1.75 1,75",
        "Women's men’s rock'n'roll O'Neill",
        "a/b c_d e-f g+h & i|j (k) <l> \\m \"n\"",
        "ΟΔΥΣΣΕΥΣ İstanbul Straße ЁЖ",
        "電気ケトル קומקום 🛒 – — … “q”",
        "the 3in1 1.2.3 v2.0 2x4 50% 100W",
        ""
      })
  void searchText_sameAsInJava(String text) {
    String folded = shop.query("SELECT search_text('" + text.replace("'", "''") + "')");
    assertThat(folded).isEqualTo(SearchText.foldCatalog(text));
    String query = shop.query("SELECT query_text('" + text.replace("'", "''") + "')");
    assertThat(query).isEqualTo(SearchText.fold(text));
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
  void search_writtenInAnotherWay_isFound(String query, String title) {
    put("p", title);
    put("other", "Something else");
    count();
    assertThat(find(query)).containsExactly("p");
  }

  @Test
  void search_newWord_isFoundBeforeWordsAreCountedAnew() {
    put("p", "Zorblax lamps");
    assertThat(find("zorblax lamp")).containsExactly("p");
  }

  @Test
  void search_functionWords_neednotBeThere() {
    put("p", "Leather shoes women");
    count();
    assertThat(find("the shoes for women")).containsExactly("p");
    put("who", "The Who record");
    assertThat(find("the")).containsExactly("who");
  }

  @Test
  void search_rareWord_countsForMore() {
    for (int i = 0; i < 10; i++) {
      put("common" + i, "Garden chair " + i);
    }
    put("rare", "Garden gnome");
    count();
    assertThat(find("gnome chair").getFirst()).isEqualTo("rare");
  }

  @Test
  void search_wordsNextToEachOther_countForMore() {
    put("apart", "Paper bag with lunch");
    put("together", "Paper lunch bag with");
    count();
    assertThat(find("lunch bag").getFirst()).isEqualTo("together");
  }

  @Test
  void search_titleBeforeBrandBeforeCategoryBeforeDescription() {
    put("description", "Thing", "an umbrella", null, null, null);
    put("category", "Thing", null, null, "Umbrella", null);
    put("brand", "Thing", null, "Umbrella", null, null);
    put("title", "Umbrella", null, null, null, null);
    count();
    assertThat(find("umbrella")).containsExactly("title", "brand", "category", "description");
  }

  @Test
  void search_phrase_mustStandAsItIs() {
    put("a", "Lunch bag red");
    put("b", "Bag for lunch");
    count();
    assertThat(find("\"lunch bag\"")).containsExactly("a");
    assertThat(find("red \"lunch bag\"")).containsExactly("a");
    assertThat(find("\"unclosed lunch")).isNotEmpty();
  }

  @Test
  void search_minus_leavesOut() {
    put("red", "Lamp red");
    put("blue", "Lamp blue");
    count();
    assertThat(find("lamp -red")).containsExactly("blue");
    assertThat(find("lamp -\"lamp blue\"")).containsExactly("red");
    assertThat(result("lamp -red").normalizedQuery()).isEqualTo("lamp -red");
  }

  @Test
  void search_lastWordBegun_isFoundWithPrefix() {
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
  void search_typingError_isCorrectedAndSaid() {
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
  void search_correctionThatFitsTheOtherWords_isChosen() {
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
  void search_wordsRunTogetherOrTornApart_areFound() {
    put("bag", "Lunch bag");
    put("notebook", "Notebook lined");
    count();
    assertThat(find("lunchbag")).containsExactly("bag");
    assertThat(find("note book lined").getFirst()).isEqualTo("notebook");
  }

  @Test
  void search_synonyms_oneAndTwoWay() {
    put("sofa", "Grey sofa");
    put("couch", "Grey couch");
    put("phone", "Mobile phone");
    put("smartphone", "Smartphone");
    count();
    words.replaceSynonyms(
        List.of(
            new Synonyms.Rule("Sofa", "couch", true),
            new Synonyms.Rule("mobile phone", "smartphone", false)));
    language.refresh();
    assertThat(find("sofa")).containsExactlyInAnyOrder("sofa", "couch").startsWith("sofa");
    assertThat(find("couch")).containsExactlyInAnyOrder("sofa", "couch").startsWith("couch");
    assertThat(find("mobile phone")).containsExactlyInAnyOrder("phone", "smartphone");
    assertThat(find("smartphone")).containsExactly("smartphone");
  }

  @Test
  void search_nothingKnown_isEmptyWithoutAnError() {
    assertThat(result("xyzzy").total()).isZero();
    assertThat(result("!!!").total()).isZero();
    assertThat(result("-red").total()).isZero();
    assertThat(result("& | ! ( ) <-> :*").total()).isZero();
  }

  private static Filters category(String... categories) {
    return new Filters(List.of(categories), List.of(), null, null, null, null, Map.of());
  }

  private void shopOfLamps() {
    put("red1", "Lamp one", null, "Lumo", "Home > Lamps > Desk", "5.00");
    put("red2", "Lamp two", null, "Lumo", "Home > Lamps", "15.00");
    put("blue1", "Lamp three", null, "Brite", "Home > Lampshades", "25.00");
    put("blue2", "Lamp four", null, "Brite", "Garden", null);
    count();
  }

  @Test
  void search_filters_hold() {
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

  /** Results of what is not understood to read products alone would never be cached. */
  @ParameterizedTest
  @ValueSource(strings = {"lamp", "red lamp", "desc lamp three", "\"lamp one\" -blue red desk"})
  void facets_anyQuery_areAReadOfProductsAlone(String text) {
    shopOfLamps();
    count();
    QueryPlan plan =
        new QueryPlanner(language.state().vocabulary(), Synonyms.NONE, SearchFeatures.ALL)
            .plan(ParsedQuery.parse(text), false);
    Filters all =
        new Filters(
            List.of("Home > Lamps"),
            List.of("Lumo", "Brite"),
            BigDecimal.ONE,
            BigDecimal.TEN,
            "EUR",
            true,
            Map.of("color", List.of("red")));
    SearchQuery query =
        SearchQuery.of(text)
            .with(all)
            .with(Facet.parse("brand,category,attributes.color,in_stock"));
    QueryCache.Statement statement = new SearchStore(shop.database()).facets(plan, query);
    Classification what = shop.router().explain(statement.sql()).why();
    assertThat(what.kind()).as(what + "\n" + statement.sql()).isEqualTo(StatementKind.READ);
    assertThat(what.tables()).containsExactly("products");
  }

  @Test
  void search_byPrice_unknownAndOtherCurrenciesComeLast_noneIsMissing() {
    shopOfLamps();
    catalog.put(
        new ProductDraft(
            "euro", "Lamp five", null, "Lumo", null, BigDecimal.TEN, "EUR", true, Map.of()));
    SearchQuery lamps = SearchQuery.of("lamp");
    assertThat(ids(search.search(lamps.with(Sort.PRICE_ASC), Shopper.UNKNOWN, reads())))
        .containsExactly("red1", "red2", "blue1", "blue2", "euro");
    assertThat(ids(search.search(lamps.with(Sort.PRICE_DESC), Shopper.UNKNOWN, reads())))
        .containsExactly("blue1", "red2", "red1", "blue2", "euro");
  }

  @ParameterizedTest
  @EnumSource(Sort.class)
  void search_productsWithSomeWords_comeBehindThoseWithAll(Sort sort) {
    put("some1", "Garden gnome", null, null, null, "1.00");
    put("all1", "Garden chair with a gnome on it, of wood, and much more", null, null, null, null);
    put("all2", "Chair, garden, gnome", null, null, null, "30.00");
    put("some2", "Gnome", null, null, null, "99.00");
    count();
    for (RankingWeights weights : List.of(RankingWeights.TEXT_ALONE, RankingWeights.DEFAULT)) {
      ProductSearch ranked = shop.storefront(language, weights).search();
      SearchQuery query = SearchQuery.of("garden gnome chair").with(sort);
      List<String> found = ids(ranked.search(query, Shopper.UNKNOWN, reads()));
      assertThat(found).containsExactlyInAnyOrder("all1", "all2", "some1", "some2");
      assertThat(found.subList(0, 2)).containsExactlyInAnyOrder("all1", "all2");
    }
  }

  /** Enough products have all words, so those with some are left out, whatever is left of them. */
  @Test
  void search_filterThatLeavesFew_addsNoneWithSomeWords() {
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
  void laws_holdInAnyCatalog() {
    long seed = Long.getLong("tideline.test.seed", new Random().nextLong());
    Random random = new Random(seed);
    List<ProductSearch> searches =
        Stream.of(RankingWeights.TEXT_ALONE, RankingWeights.DEFAULT)
            .map(weights -> shop.storefront(language, weights).search())
            .toList();
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
  void search_facets_countWithoutTheirOwnFilter() {
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
  void search_pagesByCursor_coverEveryMatchOnce() {
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
