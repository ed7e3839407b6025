package dev.tideline.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.caching.QueryCache;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.search.SearchQuery.Filters;
import dev.tideline.engine.words.Language;
import dev.tideline.engine.words.SearchText;
import dev.tideline.engine.words.Synonyms;
import dev.tideline.engine.words.VocabularyStore;
import dev.tideline.routing.sql.Classification;
import dev.tideline.routing.sql.StatementKind;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract on PostgreSQL's text search, and what is its own. */
final class PostgresEngineIT extends SearchContract {

  private VocabularyStore words;
  private Language language;

  @Override
  void open() {
    words = new VocabularyStore(shop.database());
    language = Language.open(words);
  }

  @Override
  void close() {
    language.close();
  }

  @Override
  ProductSearch search(RankingWeights weights) {
    return shop.storefront(language, weights).search();
  }

  @Override
  void count() {
    words.rebuild();
    language.refresh();
  }

  @Override
  void replaceSynonyms(List<Synonyms.Rule> rules) {
    words.replaceSynonyms(rules);
    language.refresh();
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

  /** Results of what is not understood to read products alone would never be cached. */
  @ParameterizedTest
  @ValueSource(strings = {"lamp", "red lamp", "desc lamp three", "\"lamp one\" -blue red desk"})
  void facets_anyQuery_areAReadOfProductsAlone(String text) throws Exception {
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
  void search_newWord_isFoundBeforeWordsAreCountedAnew() {
    put("p", "Zorblax lamps");
    assertThat(find("zorblax lamp")).containsExactly("p");
  }
}
