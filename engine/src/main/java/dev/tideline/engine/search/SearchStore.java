package dev.tideline.engine.search;

import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.database.ShopDatabase;
import dev.tideline.engine.search.SearchQuery.Filters;
import dev.tideline.engine.search.SearchResult.Hit;
import dev.tideline.routing.ReadContext;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** Text search in PostgreSQL. Thread-safe. */
public final class SearchStore {

  /** How many of a query's words a product must have. */
  enum Terms {
    ALL,
    ANY
  }

  /** One page of matches, and how many there are on all pages. */
  record Page(long total, List<Hit> hits) {}

  private static final String ALL_TERMS = "plainto_tsquery('english', :text)";

  /** The same lexemes, joined by OR; quoted, so that no lexeme is read as an operator. */
  private static final String ANY_TERM =
      """
      (SELECT coalesce(string_agg('''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''', ' | '), '')::tsquery
       FROM unnest(tsvector_to_array(to_tsvector('english', :text))) AS lexeme)\
      """;

  /**
   * Text rank by field weight and document length, raised by what shoppers do, up to about twice; a
   * title that is the query itself comes before all.
   */
  private static final String SCORE =
      """
      ts_rank('{0.05, 0.2, 0.4, 1.0}', p.search, query.words, 1) * (1 + 0.1 * ln(1 + coalesce(f.popularity, 0)))
        + CASE WHEN lower(p.title) = :text THEN 10 ELSE 0 END\
      """;

  private static final String COMMONEST_CURRENCY =
      "(SELECT currency FROM products GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1)";

  private final ShopDatabase database;

  public SearchStore(ShopDatabase database) {
    this.database = database;
  }

  Page search(String text, Terms terms, SearchQuery query, ReadContext reads) {
    String name = terms == Terms.ALL ? "search_all_terms" : "search_any_term";
    String sql = sql(terms, query);
    return database.read(name, reads, handle -> page(handle, sql, text, query));
  }

  private static String sql(Terms terms, SearchQuery query) {
    return """
    WITH query AS MATERIALIZED (SELECT %s AS words),
    matched AS MATERIALIZED (
      SELECT p.id, %s AS score, p.price, p.created_at, coalesce(f.popularity, 0) AS popularity
      FROM query, products p LEFT JOIN product_features f ON f.product_id = p.id
      WHERE p.search @@ query.words%s),
    page AS (
      SELECT id, score, row_number() OVER (ORDER BY %s, id) AS place
      FROM matched ORDER BY place LIMIT :limit OFFSET :offset)
    SELECT counted.total, page.score, %s
    FROM (SELECT count(*) AS total FROM matched) counted
    LEFT JOIN page ON true LEFT JOIN products p ON p.id = page.id
    ORDER BY page.place
    """
        .formatted(
            terms == Terms.ALL ? ALL_TERMS : ANY_TERM,
            SCORE,
            conditions(query),
            order(query.sort()),
            CatalogStore.SUMMARY_COLUMNS);
  }

  private static Page page(Handle handle, String sql, String text, SearchQuery query) {
    List<Hit> hits = new ArrayList<>();
    Query statement =
        handle
            .createQuery(sql)
            .bind("text", text)
            .bind("limit", query.limit())
            .bind("offset", query.offset());
    bind(statement, query.filters());
    long total =
        statement.reduceResultSet(
            0L,
            (ignored, row, context) -> {
              if (row.getString("id") != null) {
                hits.add(new Hit(CatalogStore.summary(row), row.getDouble("score")));
              }
              return row.getLong("total");
            });
    return new Page(total, hits);
  }

  private static String conditions(SearchQuery query) {
    Filters filters = query.filters();
    StringBuilder sql = new StringBuilder();
    if (filters.category() != null) {
      sql.append(" AND (p.category = :category OR starts_with(p.category, :category || ' > '))");
    }
    if (filters.brand() != null) {
      sql.append(" AND p.brand = :brand");
    }
    if (filters.minPrice() != null) {
      sql.append(" AND p.price >= :minPrice");
    }
    if (filters.maxPrice() != null) {
      sql.append(" AND p.price <= :maxPrice");
    }
    if (filters.currency() != null) {
      sql.append(" AND p.currency = :currency");
    } else if (filters.usesPrice() || sortsByPrice(query.sort())) {
      sql.append(" AND p.currency = ").append(COMMONEST_CURRENCY);
    }
    if (filters.inStock() != null) {
      sql.append(" AND p.in_stock = :inStock");
    }
    return sql.toString();
  }

  private static void bind(Query statement, Filters filters) {
    if (filters.category() != null) {
      statement.bind("category", filters.category());
    }
    if (filters.brand() != null) {
      statement.bind("brand", filters.brand());
    }
    if (filters.minPrice() != null) {
      statement.bind("minPrice", filters.minPrice());
    }
    if (filters.maxPrice() != null) {
      statement.bind("maxPrice", filters.maxPrice());
    }
    if (filters.currency() != null) {
      statement.bind("currency", filters.currency());
    }
    if (filters.inStock() != null) {
      statement.bind("inStock", filters.inStock());
    }
  }

  private static boolean sortsByPrice(SearchQuery.Sort sort) {
    return sort == SearchQuery.Sort.PRICE_ASC || sort == SearchQuery.Sort.PRICE_DESC;
  }

  private static String order(SearchQuery.Sort sort) {
    return switch (sort) {
      case RELEVANCE -> "score DESC";
      case PRICE_ASC -> "price ASC NULLS LAST";
      case PRICE_DESC -> "price DESC NULLS LAST";
      case NEWEST -> "created_at DESC";
      case POPULAR -> "popularity DESC";
    };
  }
}
