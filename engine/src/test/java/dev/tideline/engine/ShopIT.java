package dev.tideline.engine;

import static dev.tideline.engine.ShopFixture.reads;
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
import dev.tideline.engine.features.PopularityJob;
import dev.tideline.engine.features.Shopper;
import dev.tideline.engine.jobs.JobStore;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.engine.search.ProductSearch;
import dev.tideline.engine.search.SearchQuery;
import dev.tideline.engine.search.SearchQuery.Filters;
import dev.tideline.engine.search.SearchQuery.Page;
import dev.tideline.engine.search.SearchQuery.Sort;
import dev.tideline.engine.search.SearchResult;
import dev.tideline.engine.words.Language;
import dev.tideline.engine.words.VocabularyStore;
import dev.tideline.routing.route.ReadContext;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ShopIT {

  private static ShopFixture shop;
  private static Language language;
  private final CatalogStore catalog = new CatalogStore(shop.database());
  private final ProductSearch search = shop.storefront(language, RankingWeights.DEFAULT).search();
  private final EventStore events = new EventStore(shop.database());

  @BeforeAll
  static void start() throws Exception {
    shop = new ShopFixture();
    language = Language.open(new VocabularyStore(shop.database()));
  }

  @AfterAll
  static void stop() {
    language.close();
    shop.close();
  }

  @BeforeEach
  void empty() {
    shop.execute(
        "TRUNCATE products CASCADE; TRUNCATE events; TRUNCATE event_ids; TRUNCATE job_state");
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
    return ids(search.search(SearchQuery.of(text), Shopper.UNKNOWN, reads()));
  }

  private static List<String> ids(SearchResult result) {
    return result.hits().stream().map(hit -> hit.product().id()).toList();
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
    var stored = catalog.find("A/1 ü", ReadContext.eventual()).orElseThrow();
    assertThat(stored.title()).isEqualTo(draft.title());
    assertThat(stored.description()).isEqualTo(draft.description());
    assertThat(stored.price()).isEqualByComparingTo("10.50");
    assertThat(stored.inStock()).isFalse();
    assertThat(stored.attributes()).isEqualTo(draft.attributes());
    assertThat(catalog.put(draft).value().created()).isFalse();
    assertThat(catalog.delete("A/1 ü").value()).isTrue();
    assertThat(catalog.delete("A/1 ü").value()).isFalse();
    assertThat(catalog.find("A/1 ü", ReadContext.eventual())).isEmpty();
  }

  @Test
  void search_allTerms_comeBeforeSome() {
    for (int i = 0; i < 8; i++) {
      put("both" + i, "Red lunch bag number " + i, null, null);
      put("one" + i, "Lunch box number " + i, null, null);
    }
    SearchResult result = search.search(SearchQuery.of("lunch bag"), Shopper.UNKNOWN, reads());
    assertThat(result.total()).isEqualTo(16);
    assertThat(ids(result).subList(0, 8)).allMatch(id -> id.startsWith("both"));
  }

  @Test
  void search_tooFewHaveAllTerms_findsThoseWithAny() {
    put("both", "Kindle cover", null, null);
    put("one", "Kindle charger", null, null);
    put("other", "Garden hose", null, null);
    SearchResult result = search.search(SearchQuery.of("kindle cover"), Shopper.UNKNOWN, reads());
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
    new PopularityJob(new JobStore(shop.database())).run();
    assertThat(find("table")).containsExactly("loved", "quiet");
  }

  private static long networkTimeoutMillis(Handle handle) {
    try {
      return handle.getConnection().getNetworkTimeout();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String statementTimeout(Handle handle) {
    return handle.createQuery("SHOW statement_timeout").mapTo(String.class).one();
  }

  @Test
  void job_mayTakeLongerThanARequest_onTheServerAndOnOurSide() {
    long longest = Duration.ofMinutes(30).toMillis();
    new JobStore(shop.database())
        .runExclusively(
            "slow",
            handle -> {
              assertThat(statementTimeout(handle)).isEqualTo("30min");
              assertThat(networkTimeoutMillis(handle)).isGreaterThan(longest);
              return 0;
            });
    shop.database()
        .write(
            "request",
            handle -> {
              assertThat(statementTimeout(handle)).isEqualTo("5min");
              assertThat(networkTimeoutMillis(handle)).isLessThan(longest);
              return 0;
            });
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
              SearchQuery.of("chair").with(new Page(10, offset)), Shopper.UNKNOWN, reads());
      assertThat(page.total()).isEqualTo(25);
      seen.addAll(ids(page));
    }
    assertThat(seen).hasSize(25).doesNotHaveDuplicates();
    SearchResult beyond =
        search.search(SearchQuery.of("chair").with(new Page(10, 500)), Shopper.UNKNOWN, reads());
    assertThat(beyond.hits()).isEmpty();
    assertThat(beyond.total()).isEqualTo(25);
  }

  @Test
  void search_filtersAndSort_hold() {
    put("cheap", "Lamp", "Home > Lighting > Desk", "5.00");
    put("dear", "Lamp", "Home > Lighting", "50.00");
    put("unknown", "Lamp", "Home > Lighting", null);
    put("elsewhere", "Lamp", "Home > Lightingrods", "20.00");
    Filters lighting =
        new Filters(
            List.of("Home > Lighting"), List.of(), new BigDecimal("1"), null, null, null, Map.of());
    assertThat(
            ids(
                search.search(
                    SearchQuery.of("lamp").with(lighting).with(Sort.PRICE_DESC),
                    Shopper.UNKNOWN,
                    reads())))
        .containsExactly("dear", "cheap");
    assertThat(
            ids(
                search.search(
                    SearchQuery.of("lamp").with(Sort.PRICE_ASC), Shopper.UNKNOWN, reads())))
        .containsExactly("cheap", "elsewhere", "dear", "unknown");
  }

  @Test
  void search_whateverTheLimit_isAtMostThreeUnitsOfWork() {
    put("a", "Rare thing", null, null);
    int before = shop.units();
    search.search(SearchQuery.of("rare thing").with(new Page(100, 0)), Shopper.UNKNOWN, reads());
    assertThat(shop.units() - before).isLessThanOrEqualTo(3);
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
