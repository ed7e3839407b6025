package dev.tideline.engine.search;

import dev.tideline.engine.caching.QueryCache;
import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.catalog.ProductSummary;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.routing.route.ReadContext;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Text search in PostgreSQL. Thread-safe. */
public final class SearchStore {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<List<Facet.Count>> COUNTS = new TypeReference<>() {};
  private static final TypeReference<Map<String, List<String>>> LEXEMES = new TypeReference<>() {};

  private final ShopDatabase database;

  public SearchStore(ShopDatabase database) {
    this.database = database;
  }

  /**
   * Candidates in the query's order.
   *
   * @param from how many are passed over
   * @param count how many are wanted at most
   */
  Found candidates(
      QueryPlan plan,
      SearchQuery query,
      double averageTitle,
      int from,
      int count,
      ReadContext reads) {
    SearchStoreStatement statement = new SearchStoreStatement(plan, query, averageTitle);
    String sql = statement.text(from, count);
    return database.read(
        "search_candidates",
        reads,
        handle ->
            handle
                .createQuery(sql)
                .bindMap(statement.parameters())
                .map((row, context) ->
                    new Found(
                        candidates(row, query.facets()),
                        stages(row, statement.stages()),
                        lexemes(row)))
                .one());
  }

  /**
   * What was found.
   *
   * @param stages how many products have all words as typed, and as each reading has them, whatever
   *     the filters; exact below {@link SearchStoreStatement#RELAX_BELOW}
   * @param lexemes what each of the plan's words is stemmed to
   */
  record Found(Candidates candidates, List<Long> stages, Map<String, List<String>> lexemes) {}

  /** The statement that counts facets alone: the same for every page and order. */
  QueryCache.Statement facets(QueryPlan plan, SearchQuery query) {
    SearchStoreStatement statement =
        new SearchStoreStatement(plan, query.with(SearchQuery.Sort.RELEVANCE), 0);
    String sql = statement.text(0, 0);
    return QueryCache.Statement.of("facets", sql, statement.parameters());
  }

  private static Map<String, List<String>> lexemes(ResultSet row) throws SQLException {
    String json = row.getString("lexemes");
    return json == null ? Map.of() : JSON.readValue(json, LEXEMES);
  }

  private static List<Long> stages(ResultSet row, int stages) throws SQLException {
    List<Long> counts = new ArrayList<>();
    for (int stage = 0; stage < stages; stage++) {
      counts.add(row.getLong("stage" + stage));
    }
    return counts;
  }

  private static Candidates candidates(ResultSet row, List<Facet> facets) throws SQLException {
    Map<String, List<Facet.Count>> values = new LinkedHashMap<>();
    for (int i = 0; i < facets.size(); i++) {
      String json = row.getString("facet" + i);
      values.put(facets.get(i).name(), json == null ? List.of() : JSON.readValue(json, COUNTS));
    }
    return new Candidates(
        row.getLong("total"),
        row.getLong("complete"),
        row.getDouble("top_score"),
        row.getBoolean("exact"),
        list(row.getArray("ids"), String.class),
        list(row.getArray("scores"), Double.class),
        values);
  }

  private static <T> List<T> list(@Nullable Array array, Class<T> type) throws SQLException {
    List<T> list = new ArrayList<>();
    if (array != null) {
      for (Object element : (Object[]) array.getArray()) {
        list.add(type.cast(element));
      }
    }
    return list;
  }

  /**
   * What lists show of products, with their descriptions, by id; those that are gone are missing.
   */
  Map<String, Described> described(List<String> ids, ReadContext reads) {
    return database.read(
        "search_details",
        reads,
        handle ->
            handle
                .createQuery(
                    "SELECT %s, p.description FROM products p WHERE p.id = ANY(:ids)"
                        .formatted(CatalogStore.SUMMARY_COLUMNS))
                .bindArray("ids", String.class, ids.toArray())
                .reduceResultSet(
                    new HashMap<String, Described>(),
                    (all, row, context) -> {
                      ProductSummary summary = CatalogStore.summary(row);
                      all.put(summary.id(), new Described(summary, row.getString("description")));
                      return all;
                    }));
  }

  /** A product and its description. */
  record Described(ProductSummary product, String description) {}
}
