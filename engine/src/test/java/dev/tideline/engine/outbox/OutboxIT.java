package dev.tideline.engine.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tideline.cache.Invalidation;
import dev.tideline.cache.InvalidationLog.Page;
import dev.tideline.engine.ShopFixture;
import dev.tideline.engine.caching.ProductTags;
import dev.tideline.engine.caching.WatchedTable;
import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.routing.token.Position;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What writes of all kinds leave in the outbox. */
final class OutboxIT {

  private static final Duration LONG = Duration.ofSeconds(30);

  private static ShopFixture shop;
  private static CatalogStore catalog;

  @BeforeAll
  static void start() throws Exception {
    shop = new ShopFixture();
    catalog = new CatalogStore(shop.database());
  }

  @AfterAll
  static void stop() {
    shop.close();
  }

  @BeforeEach
  void empty() {
    shop.execute("DELETE FROM products; DELETE FROM users; DELETE FROM cache_outbox");
  }

  private static ProductDraft product(String id, String title, String category, int price) {
    return new ProductDraft(
        id, title, "", "Lumo", category, BigDecimal.valueOf(price), "USD", true, Map.of());
  }

  /** The tags of all rows there are, which are taken away. */
  private static Set<String> tags() {
    String all =
        shop.query(
            "SELECT coalesce(string_agg(array_to_string(tags, '|'), '|'), '') FROM cache_outbox");
    shop.execute("DELETE FROM cache_outbox");
    return all.isEmpty() ? Set.of() : new TreeSet<>(List.of(all.split("\\|", -1)));
  }

  /** A table that is watched without a trigger would serve stale answers for ever. */
  @Test
  void triggers_areThoseOfTheWatchedTables() {
    Map<String, String> expected = new TreeMap<>();
    for (WatchedTable watched : WatchedTable.values()) {
      if (watched != WatchedTable.PRODUCTS) {
        expected.put(
            watched.table(),
            watched
                .column()
                .map(column ->
                    String.join(",", watched.reason(), watched.prefix(), column, watched.tag()))
                .orElseGet(() -> watched.reason() + "," + watched.tag()));
      }
    }
    Map<String, String> found = new TreeMap<>();
    Map<String, Set<String>> events = new TreeMap<>();
    String rows =
        shop.query(
            """
            SELECT string_agg(concat_ws('|', tgrelid::regclass, tgfoid::regproc,
              rtrim(replace(encode(tgargs, 'escape'), '\\000', ','), ','), tgtype), E'\n')
            FROM pg_trigger WHERE NOT tgisinternal AND tgfoid::regproc::text IN ('rows_changed', 'products_changed')
            """);
    for (String row : rows.lines().toList()) {
      String[] fields = row.split("\\|", -1);
      int type = Integer.parseInt(fields[3]);
      if (fields[1].equals("rows_changed")) {
        found.put(fields[0], fields[2]);
      }
      events.computeIfAbsent(fields[0], table -> new TreeSet<>()).addAll(eventsOf(type));
    }
    assertThat(found).isEqualTo(expected);
    assertThat(events.keySet()).isEqualTo(WatchedTable.tables());
    // What has one row for each product, or one in all, is added and removed with the product.
    Set<String> updated =
        Set.of(WatchedTable.PRODUCT_FEATURES.table(), WatchedTable.SEARCH_STATISTICS.table());
    assertThat(events)
        .allSatisfy((table, of) ->
            assertThat(of)
                .as(table)
                .isEqualTo(
                    updated.contains(table)
                        ? Set.of("TRUNCATE", "UPDATE")
                        : Set.of("DELETE", "INSERT", "TRUNCATE", "UPDATE")));
  }

  /** The bits of {@code pg_trigger.tgtype}. */
  private static Set<String> eventsOf(int type) {
    Set<String> events = new TreeSet<>();
    Map.of(4, "INSERT", 8, "DELETE", 16, "UPDATE", 32, "TRUNCATE")
        .forEach((bit, event) -> {
          if ((type & bit) != 0) {
            events.add(event);
          }
        });
    return events;
  }

  @Test
  void newProduct_namesItsWordsAndWhereItIs() {
    catalog.put(product("p", "Brass lamps", "Home > Lamps", 5));
    assertThat(tags())
        .containsExactlyInAnyOrder(
            WatchedTable.PRODUCTS.tag("p"),
            ProductTags.ANY,
            ProductTags.brand("Lumo"),
            ProductTags.category("Home"),
            ProductTags.category("Home > Lamps"),
            ProductTags.word("brass"),
            "word:lamp",
            "word:home",
            "word:lumo");
  }

  @Test
  void changedWords_nameThoseOfBothVersions() {
    catalog.put(product("p", "Brass lamp", "Home", 5));
    tags();
    catalog.put(product("p", "Copper pot", "Kitchen", 5));
    assertThat(tags())
        .contains(
            "word:brass",
            "word:lamp",
            "word:copper",
            "word:pot",
            "category:Home",
            "category:Kitchen")
        .doesNotContain("offer:lamp", "catalog");
  }

  @Test
  void changedPriceAlone_namesOffers() {
    catalog.put(product("p", "Brass lamp", "Home", 5));
    tags();
    catalog.put(product("p", "Brass lamp", "Home", 6));
    assertThat(tags())
        .contains("product:p", "any", "offer:lamp", "category:Home", "brand:Lumo")
        .noneMatch(tag -> tag.startsWith("word:"));
  }

  @Test
  void sameAgain_namesTheProductAlone() {
    catalog.put(product("p", "Brass lamp", "Home", 5));
    tags();
    catalog.put(product("p", "Brass lamp", "Home", 5));
    assertThat(tags()).containsExactly("product:p");
  }

  @Test
  void deletedProduct_namesItsWords() {
    catalog.put(product("p", "Brass lamp", "Home", 5));
    tags();
    catalog.delete("p");
    assertThat(tags()).contains("product:p", "word:lamp", "any");
    catalog.delete("p");
    assertThat(tags()).as("there was none").isEmpty();
  }

  @Test
  void batch_isOneRow_andManyProductsClearAll() {
    List<ProductDraft> few = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      few.add(product("p" + i, "Lamp number " + i, "Home", i));
    }
    catalog.putAll(few);
    assertThat(shop.query("SELECT count(*) FROM cache_outbox")).isEqualTo("1");
    assertThat(tags()).contains("product:p19", "word:lamp").doesNotContain("catalog");
    List<ProductDraft> many = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      many.add(product("p" + i, "Lamp number " + i, "Home", i + 1));
    }
    catalog.putAll(many);
    assertThat(tags()).as("480 are new").contains("catalog").doesNotContain("word:number");
    shop.execute("TRUNCATE products CASCADE");
    assertThat(tags()).contains("catalog");
  }

  @Test
  void otherTables_nameWhatDependsOnThem() {
    catalog.put(product("p", "Brass lamp", "Home", 5));
    catalog.put(product("q", "Brass pot", "Home", 5));
    tags();
    shop.execute("UPDATE product_features SET views = views + 1");
    assertThat(tags()).containsExactly("job:popularity");
    shop.execute("UPDATE product_features SET views = 0 WHERE product_id = 'none'");
    assertThat(tags()).as("nothing was changed").isEmpty();
    shop.execute("INSERT INTO product_neighbors VALUES ('p', 'q', 1)");
    assertThat(tags()).containsExactly("neighbors:p");
    shop.execute(
        "INSERT INTO users (id) VALUES ('u'); INSERT INTO user_preferences VALUES ('u', '{}')");
    assertThat(tags()).containsExactly("user:u");
    shop.execute("INSERT INTO ranking_weights VALUES ('', '{}'); DELETE FROM ranking_weights");
    assertThat(tags()).containsExactly("ranking");
    shop.execute("UPDATE search_statistics SET version = version + 1");
    assertThat(tags()).containsExactly("job:vocabulary");
    catalog.delete("q");
    assertThat(tags()).as("what had it for a neighbour").contains("neighbors:p");
  }

  @Test
  void position_isPastTheCommit_andSharedByWritersOfAMoment() throws Exception {
    List<Position> positions = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Position>> writes = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String id = "p" + i;
        writes.add(threads.submit(() -> catalog.put(product(id, "Lamp", "Home", 5)).position()));
      }
      for (Future<Position> write : writes) {
        positions.add(write.get());
      }
    }
    assertThat(positions).allMatch(Position::isKnown);
    assertThat(shop.query("SELECT count(*) FROM cache_outbox WHERE position IS NULL"))
        .isEqualTo("0");
    Set<Long> told = new HashSet<>();
    positions.forEach(position -> told.add(position.lsn()));
    assertThat(told.size()).isLessThan(40);
    assertThat(
            shop.query(
                "SELECT count(DISTINCT position) FROM cache_outbox WHERE (position - '0/0')::bigint NOT IN (%s)"
                    .formatted(String.join(",", told.stream().map(String::valueOf).toList()))))
        .isEqualTo("0");
  }

  @Test
  void foreignWrite_getsItsPositionFromWhoReads() {
    try (Outbox outbox = new Outbox(shop.database())) {
      shop.execute("INSERT INTO products (id, title, currency) VALUES ('f', 'Foreign', 'USD')");
      Page first = outbox.read(0, List.of());
      Invalidation open = first.rows().getFirst();
      assertThat(open.position()).isZero();
      assertThat(open.tags()).contains("product:f");
      await()
          .atMost(LONG)
          .until(() ->
              outbox.read(first.horizon().position(), List.of(open.id())).rows().stream()
                  .anyMatch(row -> row.id() == open.id() && row.position() > 0));
    }
  }

  @Test
  void start_leavesOutWhatIsOld_andSaysUpToWhere() {
    try (Outbox outbox = new Outbox(shop.database())) {
      Position old = catalog.put(product("old", "Lamp", "Home", 5)).position();
      shop.execute("UPDATE cache_outbox SET created_at = now() - interval '20 min'");
      Position fresh = catalog.put(product("new", "Lamp", "Home", 5)).position();
      Page page = outbox.start();
      assertThat(page.floor()).isEqualTo(old.lsn());
      assertThat(page.rows()).extracting(Invalidation::position).containsExactly(fresh.lsn());
      assertThat(page.horizon().position()).isGreaterThanOrEqualTo(fresh.lsn());
      assertThat(outbox.read(fresh.lsn(), List.of()).rows()).isEmpty();
    }
  }

  @Test
  void prune_removesWhatIsOld_andRemembersUpToWhere() {
    Position old = catalog.put(product("old", "Lamp", "Home", 5)).position();
    shop.execute("UPDATE cache_outbox SET created_at = now() - interval '2 hours'");
    catalog.put(product("new", "Lamp", "Home", 5));
    OutboxStore store = new OutboxStore(shop.database());
    assertThat(store.prune()).isTrue();
    assertThat(store.prune()).as("nothing is left to remove").isFalse();
    assertThat(store.read(0, List.of()).page().floor()).isEqualTo(old.lsn());
    assertThat(shop.query("SELECT count(*) FROM cache_outbox")).isEqualTo("1");
    shop.execute("UPDATE cache_outbox_pruned SET position = '0/0'");
  }

  @Test
  void positionsOfAnotherHistory_areNotRead() {
    catalog.put(product("p", "Lamp", "Home", 5));
    shop.execute("UPDATE cache_outbox SET epoch = 'of a dump', position = 'FF/0'");
    assertThat(new OutboxStore(shop.database()).start().page().rows()).isEmpty();
  }
}
