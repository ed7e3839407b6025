package dev.tideline.engine.search.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.catalog.Product;
import dev.tideline.engine.index.IndexedProduct;
import dev.tideline.engine.index.ProductIndex;
import dev.tideline.engine.search.SearchQuery;
import dev.tideline.engine.text.ShopLanguage;
import dev.tideline.engine.text.TextAnalysis;
import dev.tideline.engine.words.Synonyms.Rule;
import dev.tideline.routing.token.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What queries of shoppers find, on small indexes in memory. */
final class LuceneSearchTest {

  private final TextAnalysis analysis = new TextAnalysis();
  private ProductIndex index;
  private List<Rule> rules = List.of();
  private int products;

  @BeforeEach
  void open() throws IOException {
    index = ProductIndex.create(new ByteBuffersDirectory());
  }

  @AfterEach
  void close() throws IOException {
    index.close();
  }

  private void put(String... titles) throws IOException {
    for (String title : titles) {
      put(ShopLanguage.EN, title, Map.of());
    }
  }

  private void put(ShopLanguage language, String title, Map<String, Object> attributes)
      throws IOException {
    products++;
    Product product =
        new Product(
            "p" + products,
            title,
            "",
            null,
            null,
            null,
            "USD",
            true,
            attributes,
            Instant.EPOCH,
            Instant.EPOCH);
    index.put(List.of(new IndexedProduct(product, language, 0)));
    index.publish(Position.UNKNOWN);
  }

  private LuceneSearch.Found search(SearchQuery query) {
    return index
        .read(view -> {
          try {
            return new LuceneSearch(analysis, view, new Synonyms(analysis, view.languages(), rules))
                .search(query, 0, 100);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        })
        .orElseThrow();
  }

  private List<String> find(String query) {
    LuceneSearch.Found found = search(SearchQuery.of(query));
    return index
        .read(view -> {
          List<String> titles = new ArrayList<>();
          for (String id : found.stage().ids()) {
            titles.add(view.summaries(List.of(id)).get(id).title());
          }
          return titles;
        })
        .orElseThrow();
  }

  private Optional<String> corrected(String query) {
    return search(SearchQuery.of(query)).corrected().map(QueryText::normalized);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TQ-4410", "tq4410", "TQ 4410", "tq.4410", "4410", "TQ-004410"})
  void modelNumber_inAnySpelling_isFound(String query) throws IOException {
    put("Toner TQ-4410 black", "Toner TQ-4411 black", "Paper tray");
    assertThat(find(query).getFirst()).isEqualTo("Toner TQ-4410 black");
  }

  @Test
  void modelNumber_unknown_isNotCorrected() throws IOException {
    put("Toner TQ-4410 black", "Toner for printers");
    assertThat(find("tq4419")).isEmpty();
    assertThat(corrected("tq4419")).isEmpty();
    assertThat(corrected("44100")).isEmpty();
  }

  @Test
  void identifierAttribute_isFoundByItsCharacters() throws IOException {
    put(ShopLanguage.EN, "Drill", Map.of("sku", "AB/77-X9", "color", "red"));
    put("Saw");
    assertThat(find("ab77x9")).containsExactly("Drill");
    assertThat(find("AB-77-X9")).containsExactly("Drill");
  }

  @Test
  void attributes_areSearched() throws IOException {
    put(ShopLanguage.EN, "Prosecco", Map.of("country", "Italija", "volume", "750 ml"));
    put("Whisky");
    assertThat(find("italija")).containsExactly("Prosecco");
  }

  @Test
  void compounds_jointOrSplit_findBoth_evenWhereBothAreWritten() throws IOException {
    put("Canvas lunchbag", "Lunch bag of felt", "Bag for shoes", "Lunch box");
    assertThat(find("lunchbag")).contains("Canvas lunchbag", "Lunch bag of felt");
    assertThat(find("lunch bag").subList(0, 2))
        .containsExactlyInAnyOrder("Canvas lunchbag", "Lunch bag of felt");
    assertThat(corrected("lunchbag")).isEmpty();
    assertThat(corrected("lunch bag")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "`\"13 inch sleeve\"`, 13\" sleeve",
        "`\"13-inch sleeve\"`, 13\" sleeve",
        "`\"sleeve for 6 foot\"`, Sleeve for 6ft board",
      })
  void phrase_overANumberWithItsUnit_isFound(String query, String title) throws IOException {
    put("13\" sleeve", "Sleeve 13 mm", "Sleeve for 6ft board");
    assertThat(find(query)).containsExactly(title);
  }

  @Test
  void minusBeforeADigit_isANumber() throws IOException {
    put("Lens −2.25", "Lens −3.00", "Lens cap");
    assertThat(find("lens -2.25").getFirst()).isEqualTo("Lens −2.25");
    assertThat(find("lens -cap")).containsExactlyInAnyOrder("Lens −2.25", "Lens −3.00");
  }

  @Test
  void inchesAndTheWordIn_areNotTheSame() throws IOException {
    put("Balloon 13 in red", "Balloon 13 inch");
    assertThat(find("13 inch balloon").getFirst()).isEqualTo("Balloon 13 inch");
    assertThat(search(SearchQuery.of("13 inch balloon")).complete()).isEqualTo(1);
  }

  @Test
  void typingErrors_becomeWordsThatShoppersSee() throws IOException {
    put("Coffee grinder", "Coffee grinds", "Coffee mug");
    assertThat(corrected("cofee grindr")).contains("coffee grinder");
    assertThat(find("cofee grindr").getFirst()).isEqualTo("Coffee grinder");
  }

  @Test
  void wordsOfTheCatalog_areNotCorrected() throws IOException {
    put("Watch", "Fly catcher to catch flies", "Resistance band", "Salt and resistance");
    put("Backpack", "Back pack frame");
    for (String query : List.of("watch", "resistance band", "backpack", "back pack")) {
      assertThat(corrected(query)).as(query).isEmpty();
      assertThat(search(SearchQuery.of(query)).meant()).as(query).isEmpty();
    }
  }

  @Test
  void shortWords_andStopWords_areNotTheResultOfACorrection() throws IOException {
    put("Band of steel", "Sand and stone", "Mat");
    assertThat(corrected("mta")).isEmpty();
    assertThat(corrected("annd")).isNotEqualTo(Optional.of("and"));
  }

  @Test
  void accents_areNoErrors() throws IOException {
    put("Fruška gora poster", "Kruska gorda");
    assertThat(find("fruska gora").getFirst()).isEqualTo("Fruška gora poster");
    assertThat(find("fruška gora").getFirst()).isEqualTo("Fruška gora poster");
    assertThat(corrected("fruška gora")).isEmpty();
  }

  @Test
  void noHint_whereEnoughWasFound() throws IOException {
    for (int i = 0; i < LuceneSearch.RELAX_BELOW; i++) {
      put("Oak shelf " + i);
    }
    put("Oak shell");
    LuceneSearch.Found found = search(SearchQuery.of("oak shelf"));
    assertThat(found.total()).isEqualTo(LuceneSearch.RELAX_BELOW);
    assertThat(found.meant()).isEmpty();
  }

  @Test
  void synonyms_inPluralToo_andChainsEnd() throws IOException {
    rules =
        List.of(
            new Rule("sofa", "couch", true),
            new Rule("couch", "settee", true),
            new Rule("settee", "sofa", true),
            new Rule("cell phone", "mobile", false));
    put("Grey sofa", "Grey couch", "Grey settee", "Mobile 5", "Cell phone 6");
    assertThat(find("sofas")).contains("Grey sofa", "Grey couch", "Grey settee");
    assertThat(find("cell phones").subList(0, 2))
        .containsExactlyInAnyOrder("Cell phone 6", "Mobile 5");
    assertThat(find("mobile")).containsExactly("Mobile 5");
  }

  @Test
  void smallShop_hasNoCommonWords() throws IOException {
    for (int i = 0; i < 21; i++) {
      put("Square pot " + i);
    }
    put("Large square pot A", "Large square pot B");
    for (int i = 0; i < 47; i++) {
      put("Plant " + i);
    }
    assertThat(search(SearchQuery.of("square pot")).total()).isEqualTo(23);
    LuceneSearch.Found large = search(SearchQuery.of("large square pot"));
    assertThat(large.complete()).isEqualTo(2);
    assertThat(large.total()).isEqualTo(23);
  }

  @Test
  void stopWordsAlone_areSearched() throws IOException {
    put("The Who record", "Record player");
    assertThat(find("the who").getFirst()).isEqualTo("The Who record");
    assertThat(find("the")).containsExactly("The Who record");
  }

  @Test
  void emoji_doNoHarm() throws IOException {
    put("Party lamp 🎉", "Lamp");
    assertThat(find("🎉 party")).startsWith("Party lamp 🎉");
    assertThat(find("🎉")).isEmpty();
  }

  @Test
  void languages_areSearchedTogether() throws IOException {
    put(ShopLanguage.DE, "Gläser für Wein", Map.of());
    put(ShopLanguage.SR, "Шољица за кафу", Map.of());
    put(ShopLanguage.JA, "デジタルカメラ", Map.of());
    put("Wine glass");
    assertThat(find("glas wein")).containsExactly("Gläser für Wein");
    assertThat(find("šoljica")).containsExactly("Шољица за кафу");
    assertThat(find("カメラ")).containsExactly("デジタルカメラ");
    assertThat(find("wine glasses").getFirst()).isEqualTo("Wine glass");
  }

  @Test
  void exactTitle_comesFirst() throws IOException {
    put("Lamp lamp lamp", "Desk lamp", "lamp");
    assertThat(find("LAMP").getFirst()).isEqualTo("lamp");
  }
}
