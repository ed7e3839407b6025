package dev.tideline.engine.ranking;

import dev.tideline.cache.Codec;
import dev.tideline.engine.caching.QueryCache;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.routing.Written;
import dev.tideline.routing.route.ReadContext;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Ranking weights by category in PostgreSQL, and their history. Thread-safe. */
public final class RankingStore {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<Map<String, Double>> WEIGHTS = new TypeReference<>() {};
  private static final TypeReference<Map<String, Map<String, Double>>> NAMED =
      new TypeReference<>() {};
  private static final int HISTORY_MAX = 100;

  private static final String SELECT = "SELECT category, weights FROM ranking_weights";

  /** The statement of {@link #all}. */
  static final QueryCache.Statement ALL =
      QueryCache.Statement.of("ranking_weights", SELECT, Map.of());

  static final Codec<Map<String, RankingWeights>> CODEC =
      new Codec<>() {
        @Override
        public byte[] encode(Map<String, RankingWeights> all) {
          Map<String, Map<String, Double>> named = new TreeMap<>();
          all.forEach((category, weights) -> named.put(category, named(weights)));
          return JSON.writeValueAsBytes(named);
        }

        @Override
        public Map<String, RankingWeights> decode(byte[] bytes) {
          Map<String, RankingWeights> all = new HashMap<>();
          JSON.readValue(bytes, NAMED)
              .forEach((category, weights) -> all.put(category, RankingWeights.of(weights)));
          return all;
        }
      };

  /**
   * A change.
   *
   * @param weights empty if they were removed
   */
  public record Change(String category, Optional<RankingWeights> weights, Instant changedAt) {}

  private final ShopDatabase database;

  public RankingStore(ShopDatabase database) {
    this.database = database;
  }

  /** All stored weights, by category; the category of the default is empty. */
  public Map<String, RankingWeights> all(ReadContext reads) {
    return database.read(
        "ranking_weights",
        reads,
        handle ->
            handle
                .createQuery(SELECT)
                .reduceResultSet(
                    new HashMap<String, RankingWeights>(),
                    (all, row, context) -> {
                      all.put(row.getString("category"), read(row.getString("weights")));
                      return all;
                    }));
  }

  /** Sets the weights of a category; an empty category sets the default. */
  public Written<RankingWeights> put(String category, RankingWeights weights) {
    return change(
        category,
        weights,
        """
        WITH changed AS (
          INSERT INTO ranking_weights (category, weights) VALUES (:category, CAST(:weights AS jsonb))
          ON CONFLICT (category) DO UPDATE SET weights = excluded.weights, updated_at = now() RETURNING category, weights)
        INSERT INTO ranking_history (category, weights) SELECT category, weights FROM changed
        """);
  }

  /** Removes a category's weights: its products are then ranked by those of the category above. */
  public Written<RankingWeights> remove(String category) {
    return change(
        category,
        RankingWeights.DEFAULT,
        """
        WITH gone AS (DELETE FROM ranking_weights WHERE category = :category RETURNING category)
        INSERT INTO ranking_history (category) SELECT category FROM gone
        """);
  }

  private Written<RankingWeights> change(String category, RankingWeights weights, String sql) {
    return database.writeForPosition(
        "ranking_change",
        handle -> {
          var update = handle.createUpdate(sql).bind("category", category);
          if (sql.contains(":weights")) {
            update.bind("weights", write(weights));
          }
          update.execute();
          return weights;
        });
  }

  /** The latest changes, newest first. */
  public List<Change> history(ReadContext reads) {
    return database.read(
        "ranking_history",
        reads,
        handle ->
            handle
                .createQuery(
                    "SELECT category, weights, changed_at FROM ranking_history ORDER BY id DESC LIMIT :max")
                .bind("max", HISTORY_MAX)
                .map((row, context) ->
                    new Change(
                        row.getString("category"),
                        Optional.ofNullable(row.getString("weights")).map(RankingStore::read),
                        Objects.requireNonNull(row.getObject("changed_at", OffsetDateTime.class))
                            .toInstant()))
                .list());
  }

  private static String write(RankingWeights weights) {
    return JSON.writeValueAsString(named(weights));
  }

  private static Map<String, Double> named(RankingWeights weights) {
    Map<String, Double> named = new TreeMap<>();
    weights.weights().forEach((feature, weight) -> named.put(feature.label(), weight));
    return named;
  }

  private static RankingWeights read(@Nullable String json) {
    return RankingWeights.of(JSON.readValue(Objects.requireNonNull(json), WEIGHTS));
  }
}
