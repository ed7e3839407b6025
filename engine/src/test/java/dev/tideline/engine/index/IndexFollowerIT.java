package dev.tideline.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tideline.engine.ShopFixture;
import dev.tideline.routing.token.Position;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index that follows a database, whoever writes there, and in whatever order they commit. */
final class IndexFollowerIT {

  private static final Duration WAIT = Duration.ofSeconds(30);

  private static ShopFixture shop;

  @TempDir Path folder;
  private IndexFollower index;

  @BeforeAll
  static void start() throws Exception {
    shop = new ShopFixture();
  }

  @AfterAll
  static void stop() {
    shop.close();
  }

  @BeforeEach
  void open() {
    shop.execute("TRUNCATE products CASCADE; DELETE FROM index_snapshots");
    put("a");
    put("b");
    // long, so that only searches that require it read the log
    index =
        IndexFollower.open(shop.database(), new IndexSettings(folder, Duration.ofMinutes(1), WAIT));
    Awaitility.await().atMost(WAIT).until(() -> index.read(List.of(), view -> true).orElse(false));
  }

  @AfterEach
  void close() throws Exception {
    index.close();
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).as("folders of indexes").isEmpty();
    }
  }

  private static String insert(String id) {
    return "INSERT INTO products (id, title, currency) VALUES ('%s', 'Lamp %s', 'USD')"
        .formatted(id, id);
  }

  private static void put(String id) {
    shop.execute(insert(id));
  }

  private static Position now() {
    return shop.database()
        .writeForPosition("test", handle -> handle.execute("UPDATE heartbeat SET beat_at = now()"))
        .position();
  }

  /** The ids of all products, when the index shows everything that is committed by now. */
  private Set<String> shown() {
    Position now = now();
    Awaitility.await() // the index may be built again
        .atMost(WAIT)
        .until(() -> index.read(List.of(now), view -> true).orElse(false));
    return index.read(List.of(now), IndexFollowerIT::ids).orElseThrow();
  }

  private static Set<String> ids(IndexView view) {
    Set<String> ids = new TreeSet<>();
    List<String> asked = new ArrayList<>(List.of("a", "b", "c", "d", "e"));
    for (int i = 0; i < 10; i++) {
      asked.add("many" + i);
    }
    ids.addAll(view.summaries(asked).keySet());
    assertThat(view.products()).isGreaterThanOrEqualTo(ids.size());
    return ids;
  }

  @Test
  void writesOfAnybody_areShown() {
    assertThat(shown()).containsExactly("a", "b");
    put("c");
    shop.execute("DELETE FROM products WHERE id = 'a'");
    shop.execute("UPDATE products SET title = 'Desk' WHERE id = 'b'");
    assertThat(shown()).containsExactly("b", "c");
    assertThat(
            index
                .read(List.of(), view -> view.summaries(List.of("b")).get("b").title())
                .orElseThrow())
        .isEqualTo("Desk");
  }

  @Test
  void changedId_isAnotherProduct() {
    shop.execute("UPDATE products SET id = 'd' WHERE id = 'a'");
    assertThat(shown()).containsExactly("b", "d");
  }

  /** A transaction that began before others, and commits after the log was read for them. */
  @Test
  void lateCommit_isNotMissed() throws Exception {
    try (Connection late = shop.connect();
        Statement statement = late.createStatement()) {
      late.setAutoCommit(false);
      statement.execute(insert("c"));
      put("d");
      assertThat(shown()).containsExactly("a", "b", "d");
      put("e");
      assertThat(shown()).containsExactly("a", "b", "d", "e");
      late.commit();
    }
    assertThat(shown()).containsExactly("a", "b", "c", "d", "e");
  }

  /** The same while the index is built: the bookmark is taken before the catalog is read. */
  @Test
  void lateCommit_acrossABuild_isNotMissed() throws Exception {
    try (Connection late = shop.connect();
        Statement statement = late.createStatement()) {
      late.setAutoCommit(false);
      statement.execute(insert("c"));
      shop.execute("INSERT INTO product_changes (product_id) VALUES (NULL)"); // built again
      put("d");
      assertThat(shown()).containsExactly("a", "b", "d");
      late.commit();
    }
    assertThat(shown()).containsExactly("a", "b", "c", "d");
  }

  @Test
  void rolledBack_isNotShown() throws Exception {
    try (Connection connection = shop.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(insert("c"));
      connection.rollback();
    }
    assertThat(shown()).containsExactly("a", "b");
  }

  @Test
  void truncate_emptiesTheIndex() {
    shop.execute("TRUNCATE products CASCADE");
    assertThat(shown()).isEmpty();
    put("c");
    assertThat(shown()).containsExactly("c");
  }

  @Test
  void moreChangesThanTheLogTakes_areShown() {
    shop.execute(
        "INSERT INTO products (id, title, currency) SELECT 'many' || i, 'Lamp', 'USD' FROM generate_series(0, %d) AS i"
            .formatted(ChangeStore.CHANGES_MAX + 10));
    assertThat(shown()).contains("a", "many0", "many9");
    assertThat(index.read(List.of(), IndexView::products).orElseThrow())
        .isEqualTo(ChangeStore.CHANGES_MAX + 13);
  }

  @Test
  void logPrunedMeanwhile_isNoticed() {
    put("c");
    shop.execute(
        "UPDATE product_changes SET changed_at = now() - interval '2 hours'; SELECT txid_current()");
    assertThat(new ChangeStore(shop.database()).prune()).isPositive();
    assertThat(shown()).containsExactly("a", "b", "c");
    put("d");
    assertThat(shown()).containsExactly("a", "b", "c", "d");
  }

  @Test
  void anotherHistory_isIndexedAnew() {
    shop.execute("UPDATE epoch SET epoch = 'other'");
    try {
      Awaitility.await()
          .atMost(WAIT)
          .until(() -> index.read(List.of(now()), IndexFollowerIT::ids).isPresent());
      put("c");
      assertThat(shown()).containsExactly("a", "b", "c");
    } finally {
      shop.execute("UPDATE epoch SET epoch = gen_random_uuid()::text");
    }
  }

  @Test
  void searchWithoutAPosition_doesNotWait() {
    put("c");
    assertThat(index.read(List.of(), IndexFollowerIT::ids).orElseThrow()).containsExactly("a", "b");
  }

  /** Another instance, which starts with what the first has published. */
  private IndexFollower other() {
    IndexFollower other =
        IndexFollower.open(shop.database(), new IndexSettings(folder, Duration.ofMinutes(1), WAIT));
    Position now = now();
    Awaitility.await()
        .atMost(WAIT)
        .until(() -> other.read(List.of(now), view -> true).orElse(false));
    return other;
  }

  @Test
  void publishedIndex_isWhereAnotherInstanceStarts() {
    put("c");
    assertThat(shown()).containsExactly("a", "b", "c");
    assertThat(index.publish()).contains(3);
    put("d");
    shop.execute("DELETE FROM products WHERE id = 'a'");
    try (IndexFollower other = other()) {
      assertThat(other.isLoaded()).isTrue();
      assertThat(other.read(List.of(now()), IndexFollowerIT::ids).orElseThrow())
          .containsExactly("b", "c", "d");
    }
    assertThat(shown()).as("the index goes on").containsExactly("b", "c", "d");
    assertThat(index.publish()).contains(3);
  }

  @Test
  void damagedIndexes_areNotUsed_anOlderOneOrANewOneIs() {
    assertThat(shown()).containsExactly("a", "b");
    assertThat(index.publish()).isPresent();
    put("c");
    assertThat(shown()).containsExactly("a", "b", "c");
    assertThat(index.publish()).isPresent();
    String newest = "(SELECT max(id) FROM index_snapshots)";
    shop.execute(
        "UPDATE index_snapshot_files SET content = content || 'x' WHERE snapshot_id = " + newest);
    try (IndexFollower other = other()) {
      assertThat(other.isLoaded()).as("from the one before").isTrue();
      assertThat(other.read(List.of(now()), IndexFollowerIT::ids).orElseThrow())
          .containsExactly("a", "b", "c");
    }
    shop.execute(
        "DELETE FROM index_snapshot_files WHERE name LIKE '%.si' OR name LIKE 'segments%'");
    try (IndexFollower other = other()) {
      assertThat(other.isLoaded()).as("files are missing in both").isFalse();
      assertThat(other.read(List.of(now()), IndexFollowerIT::ids).orElseThrow())
          .containsExactly("a", "b", "c");
    }
  }

  @Test
  void publishedIndexes_areFew_andOfOneHistory() {
    for (int i = 0; i < 4; i++) {
      put("many" + i);
      shown();
      assertThat(index.publish()).contains(3 + i);
      assertThat(index.publish()).as("nothing new").isEmpty();
    }
    assertThat(shop.query("SELECT count(*) FROM index_snapshots")).isEqualTo("2");
    shop.execute("UPDATE index_snapshots SET epoch = 'another'");
    try (IndexFollower other = other()) {
      assertThat(other.isLoaded()).isFalse();
    }
  }
}
