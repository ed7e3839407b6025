package dev.tideline.engine;

import static dev.tideline.routing.ReadContext.eventual;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.database.Schema;
import dev.tideline.engine.events.Event;
import dev.tideline.engine.events.EventStore;
import dev.tideline.engine.events.EventType;
import dev.tideline.engine.events.EventWriter;
import dev.tideline.engine.events.PartitionJob;
import dev.tideline.engine.events.PartitionStore;
import dev.tideline.engine.features.FeatureStore;
import dev.tideline.engine.recommend.Recommendation;
import dev.tideline.engine.recommend.RecommendationStore;
import dev.tideline.engine.recommend.Recommender;
import dev.tideline.engine.search.ProductSearch;
import dev.tideline.engine.search.SearchQuery;
import dev.tideline.engine.search.SearchQuery.Filters;
import dev.tideline.engine.search.SearchQuery.Sort;
import dev.tideline.engine.search.SearchResult;
import dev.tideline.engine.search.SearchStore;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ShopIT {

  private static ShopFixture shop;
  private final CatalogStore catalog = new CatalogStore(shop.database());
  private final ProductSearch search = new ProductSearch(new SearchStore(shop.database()));
  private final Recommender recommender = new Recommender(new RecommendationStore(shop.database()));
  private final EventStore events = new EventStore(shop.database());

  @BeforeAll
  static void start() throws Exception {
    shop = new ShopFixture();
  }

  @AfterAll
  static void stop() {
    shop.close();
  }

  @BeforeEach
  void empty() {
    shop.execute("TRUNCATE products CASCADE; TRUNCATE events; TRUNCATE event_ids");
    new PartitionJob(new PartitionStore(shop.database()), Optional.empty()).run(Instant.now());
  }

  private void put(String id, String title, String category, String price) {
    catalog.put(
        new ProductDraft(
            id,
            title,
            null,
            null,
            category,
            price == null ? null : new BigDecimal(price),
            "USD",
            true,
            Map.of()));
  }

  private void event(String user, String product, EventType type, Duration ago) {
    try (EventWriter writer = new EventWriter(events)) {
      writer.write(
          List.of(
              new Event(
                  UUID.randomUUID(),
                  user,
                  null,
                  product,
                  type,
                  null,
                  null,
                  null,
                  null,
                  Instant.now().minus(ago))));
    }
  }

  private List<String> find(String text) {
    return ids(search.search(SearchQuery.of(text), eventual()));
  }

  private static List<String> ids(SearchResult result) {
    return result.hits().stream().map(hit -> hit.product().id()).toList();
  }

  private static List<String> ids(List<Recommendation> recommendations) {
    return recommendations.stream().map(one -> one.product().id()).toList();
  }

  @Test
  void put_thenFind_givesAllFieldsBack() {
    ProductDraft draft =
        new ProductDraft(
            "A/1 ü",
            "Ünïcode 🛒 lamp",
            "line\nbreak \\ tab\t",
            "Brand",
            "Home > Lamps",
            new BigDecimal("10.50"),
            "EUR",
            false,
            Map.of("color", "red", "watts", 40, "led", true));
    assertThat(catalog.put(draft).value().created()).isTrue();
    var stored = catalog.find("A/1 ü", eventual()).orElseThrow();
    assertThat(stored.title()).isEqualTo(draft.title());
    assertThat(stored.description()).isEqualTo(draft.description());
    assertThat(stored.price()).isEqualByComparingTo("10.50");
    assertThat(stored.inStock()).isFalse();
    assertThat(stored.attributes()).isEqualTo(draft.attributes());
    assertThat(catalog.put(draft).value().created()).isFalse();
    assertThat(catalog.delete("A/1 ü").value()).isTrue();
    assertThat(catalog.delete("A/1 ü").value()).isFalse();
    assertThat(catalog.find("A/1 ü", eventual())).isEmpty();
  }

  @Test
  void search_allTerms_comeBeforeSome() {
    for (int i = 0; i < 8; i++) {
      put("both" + i, "Red lunch bag number " + i, null, null);
      put("one" + i, "Lunch box number " + i, null, null);
    }
    SearchResult result = search.search(SearchQuery.of("lunch bag"), eventual());
    assertThat(result.total()).isEqualTo(8);
    assertThat(ids(result)).allMatch(id -> id.startsWith("both"));
  }

  @Test
  void search_tooFewHaveAllTerms_findsThoseWithAny() {
    put("both", "Kindle cover", null, null);
    put("one", "Kindle charger", null, null);
    put("other", "Garden hose", null, null);
    SearchResult result = search.search(SearchQuery.of("kindle cover"), eventual());
    assertThat(ids(result)).containsExactly("both", "one");
    assertThat(result.total()).isEqualTo(2);
  }

  @Test
  void search_ownTitle_isFirst() {
    put("a", "Glass Star Frosted Tea Light Holder", null, null);
    put("b", "Glass Star Frosted Tea Light Holder Set of Two with Glass Star", null, null);
    assertThat(find("Glass Star Frosted Tea Light Holder").getFirst()).isEqualTo("a");
  }

  @Test
  void search_popularOfEqualTexts_isFirst() {
    put("quiet", "Oak table", null, null);
    put("loved", "Oak table", null, null);
    event("u", "loved", EventType.PURCHASE, Duration.ofHours(1));
    new FeatureStore(shop.database()).recompute();
    assertThat(find("table")).containsExactly("loved", "quiet");
  }

  @Test
  void search_pages_coverEveryMatchOnce() {
    for (int i = 0; i < 25; i++) {
      put("p%02d".formatted(i), "Blue chair", null, null);
    }
    List<String> seen = new ArrayList<>();
    for (int offset = 0; offset < 30; offset += 10) {
      SearchResult page =
          search.search(
              new SearchQuery("chair", 10, offset, Filters.NONE, Sort.RELEVANCE), eventual());
      assertThat(page.total()).isEqualTo(25);
      seen.addAll(ids(page));
    }
    assertThat(seen).hasSize(25).doesNotHaveDuplicates();
    SearchResult beyond =
        search.search(new SearchQuery("chair", 10, 500, Filters.NONE, Sort.RELEVANCE), eventual());
    assertThat(beyond.hits()).isEmpty();
    assertThat(beyond.total()).isEqualTo(25);
  }

  @Test
  void search_filtersAndSort_hold() {
    put("cheap", "Lamp", "Home > Lighting > Desk", "5.00");
    put("dear", "Lamp", "Home > Lighting", "50.00");
    put("unknown", "Lamp", "Home > Lighting", null);
    put("elsewhere", "Lamp", "Home > Lightingrods", "20.00");
    Filters lighting = new Filters("Home > Lighting", null, new BigDecimal("1"), null, null, null);
    assertThat(
            ids(
                search.search(
                    new SearchQuery("lamp", 10, 0, lighting, Sort.PRICE_DESC), eventual())))
        .containsExactly("dear", "cheap");
    assertThat(
            ids(
                search.search(
                    new SearchQuery("lamp", 10, 0, Filters.NONE, Sort.PRICE_ASC), eventual())))
        .containsExactly("cheap", "elsewhere", "dear", "unknown");
  }

  @Test
  void search_whateverTheLimit_isAtMostThreeUnitsOfWork() {
    put("a", "Rare thing", null, null);
    int before = shop.units();
    search.search(new SearchQuery("rare thing", 100, 0, Filters.NONE, Sort.RELEVANCE), eventual());
    assertThat(shop.units() - before).isLessThanOrEqualTo(3);
  }

  @Test
  void recommend_strangerAndRegular_getPopularAndTheirCategories() {
    put("lamp1", "Lamp one", "Lamps", null);
    put("lamp2", "Lamp two", "Lamps", null);
    put("chair1", "Chair one", "Chairs", null);
    event("crowd", "chair1", EventType.PURCHASE, Duration.ofHours(1));
    event("crowd", "chair1", EventType.PURCHASE, Duration.ofHours(2));
    event("crowd", "lamp2", EventType.VIEW, Duration.ofHours(2));
    event("regular", "lamp1", EventType.VIEW, Duration.ofHours(1));
    new FeatureStore(shop.database()).recompute();
    assertThat(ids(recommender.recommend("stranger", 3, eventual())).getFirst())
        .isEqualTo("chair1");
    List<Recommendation> own = recommender.recommend("regular", 3, eventual());
    assertThat(ids(own)).containsExactlyInAnyOrder("lamp1", "lamp2", "chair1");
    assertThat(ids(own).subList(0, 2)).containsExactlyInAnyOrder("lamp1", "lamp2");
    assertThat(own.getFirst().reason()).isEqualTo("popular in Lamps");
    assertThat(own.getLast().reason()).isEqualTo("popular");
  }

  @Test
  void trending_recentBeatsOld() {
    put("old", "Old favourite", "Lamps", null);
    put("new", "New favourite", "Lamps", null);
    for (int i = 0; i < 3; i++) {
      event("u", "old", EventType.VIEW, Duration.ofDays(20));
    }
    event("u", "new", EventType.VIEW, Duration.ofHours(1));
    new FeatureStore(shop.database()).recompute();
    assertThat(ids(recommender.trending(null, 2, eventual()))).containsExactly("new", "old");
    assertThat(recommender.trending("Chairs", 2, eventual())).isEmpty();
  }

  @Test
  void events_sameIdAgain_isADuplicateAndStoredOnce() {
    UUID id = UUID.randomUUID();
    Event event =
        new Event(
            id,
            "u",
            "s",
            "p",
            EventType.VIEW,
            2,
            new BigDecimal("9.90"),
            "q",
            "web",
            Instant.now());
    try (EventWriter writer = new EventWriter(events)) {
      assertThat(writer.write(List.of(event)).accepted()).hasSize(1);
      assertThat(writer.write(List.of(event)).duplicates()).isEqualTo(1);
    }
    assertThat(shop.query("SELECT count(*) FROM events WHERE event_id = '" + id + "'"))
        .isEqualTo("1");
    assertThat(shop.query("SELECT count(*) FROM events_default")).isEqualTo("0");
  }

  @Test
  void migrate_again_changesNothing() {
    assertThat(Schema.migrate(shop.url(), "tideline", shop.password())).isZero();
  }
}
