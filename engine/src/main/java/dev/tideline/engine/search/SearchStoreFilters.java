package dev.tideline.engine.search;

import dev.tideline.engine.search.SearchQuery.Filters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes the filters and the facets of the statement that finds candidates. What is filtered by a
 * field that is counted too is looked at after the match, so that each facet can leave out its own
 * filter. Not thread-safe.
 */
final class SearchStoreFilters {

  private static final String COMMONEST_CURRENCY =
      """
      coalesce((SELECT currency FROM search_statistics),
        (SELECT currency FROM products WHERE price IS NOT NULL GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1))\
      """;

  /** A condition on products, and the field it is about. */
  private record Condition(String field, String sql) {}

  private final SearchQuery query;
  private final Map<String, Object> parameters;
  private final List<Condition> within = new ArrayList<>();
  private final List<Condition> after = new ArrayList<>();

  /**
   * The filters of a query.
   *
   * @param parameters takes the values
   */
  SearchStoreFilters(SearchQuery query, Map<String, Object> parameters) {
    this.query = query;
    this.parameters = parameters;
    conditions();
  }

  /** Whether all products will do. */
  boolean isEmpty() {
    return within.isEmpty();
  }

  /** What products {@code p} must be like to match. */
  String within() {
    return all(within);
  }

  /** What of {@code matched} is kept. */
  String after() {
    return all(after);
  }

  private void conditions() {
    Filters filters = query.filters();
    if (!filters.categories().isEmpty()) {
      List<String> each = new ArrayList<>();
      for (String category : filters.categories()) {
        String name = "category" + each.size();
        parameters.put(name, category);
        each.add("p.category = :%s OR starts_with(p.category, :%s || ' > ')".formatted(name, name));
      }
      add("category", "(" + String.join(" OR ", each) + ")");
    }
    if (!filters.brands().isEmpty()) {
      parameters.put("brands", filters.brands().toArray(String[]::new));
      add("brand", "p.brand = ANY(:brands)");
    }
    if (filters.minPrice() != null) {
      parameters.put("minPrice", filters.minPrice());
      add("price", "p.price >= :minPrice");
    }
    if (filters.maxPrice() != null) {
      parameters.put("maxPrice", filters.maxPrice());
      add("price", "p.price <= :maxPrice");
    }
    if (filters.currency() != null) {
      parameters.put("currency", filters.currency());
      add("price", "p.currency = :currency");
    } else if (filters.usesPrice()) {
      add("price", "p.currency = " + COMMONEST_CURRENCY);
    }
    if (filters.inStock() != null) {
      parameters.put("inStock", filters.inStock());
      add("in_stock", "p.in_stock = :inStock");
    }
    int attribute = 0;
    for (Map.Entry<String, List<String>> filter : filters.attributes().entrySet()) {
      String name = "attribute" + attribute++;
      parameters.put(name, filter.getKey());
      parameters.put(name + "Values", filter.getValue().toArray(String[]::new));
      add(
          Facet.ATTRIBUTE + filter.getKey(),
          "p.attributes ->> :%s = ANY(:%sValues)".formatted(name, name));
    }
  }

  /** The price of what was found; null where there is none in the currency of the search. */
  String comparablePrice() {
    String currency = query.filters().currency() == null ? COMMONEST_CURRENCY : ":currency";
    return "CASE WHEN currency = " + currency + " THEN price END";
  }

  private void add(String field, String sql) {
    boolean counted = query.facets().stream().anyMatch(facet -> facet.name().equals(field));
    if (counted) {
      after.add(new Condition(field, sql.replace("p.", "matched.")));
    } else {
      within.add(new Condition(field, sql));
    }
  }

  private static String all(List<Condition> conditions) {
    return conditions.isEmpty()
        ? "true"
        : conditions.stream().map(Condition::sql).collect(Collectors.joining(" AND "));
  }

  /**
   * The counts of one of the facets that were asked for, as JSON; null if nothing was found. A
   * value that no filter may have, blank or with control characters, is not counted.
   */
  String facet(int place) {
    Facet facet = query.facets().get(place);
    String others =
        all(after.stream().filter(condition -> !condition.field().equals(facet.name())).toList());
    String values;
    if (facet.isAttribute()) {
      String name = "facet" + place;
      parameters.put(name, facet.attribute());
      values = "matched.attributes ->> :" + name;
    } else {
      values = "matched." + facet.name();
    }
    String from =
        facet.name().equals("category")
            ? """
            matched CROSS JOIN LATERAL (SELECT string_to_array(matched.category, ' > ') AS path) paths
              CROSS JOIN LATERAL (SELECT array_to_string(trim_array(path, below), ' > ') AS value
                FROM generate_series(0, cardinality(path) - 1) AS below) AS up\
            """
            : "matched CROSS JOIN LATERAL (SELECT CAST(" + values + " AS text) AS value) AS one";
    return """
    (SELECT json_agg(json_build_object('value', value, 'count', products)) FROM (
        SELECT value, count(*) AS products FROM %s
        WHERE value IS NOT NULL AND %s GROUP BY value
        HAVING value ~ '[^[:space:]]' AND value !~ '[\\u0001-\\u001f\\u007f-\\u009f]'
        ORDER BY products DESC, value LIMIT %d) counted)\
    """
        .formatted(from, others, Facet.VALUES_MAX);
  }
}
