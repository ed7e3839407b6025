package dev.tideline.engine.search.lucene;

import dev.tideline.engine.index.IndexField;
import dev.tideline.engine.search.Facet;
import dev.tideline.engine.search.SearchQuery.Filters;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.LongField;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** The filters of a search as queries. Immutable. */
final class FilterQueries {

  /** By the facet that each belongs to; prices and the currency belong to none. */
  private final Map<String, Query> byFacet = new LinkedHashMap<>();

  private final List<Query> others = new ArrayList<>();

  /**
   * The filters.
   *
   * @param currency of prices
   */
  FilterQueries(Filters filters, String currency) {
    if (!filters.categories().isEmpty()) {
      byFacet.put("category", any(IndexField.CATEGORY, filters.categories()));
    }
    if (!filters.brands().isEmpty()) {
      byFacet.put("brand", any(IndexField.BRAND, filters.brands()));
    }
    if (filters.inStock() != null) {
      byFacet.put("in_stock", any(IndexField.IN_STOCK, List.of(filters.inStock().toString())));
    }
    filters
        .attributes()
        .forEach((name, values) ->
            byFacet.put(
                Facet.ATTRIBUTE + name,
                any(
                    IndexField.ATTRIBUTE,
                    values.stream().map(value -> IndexField.attribute(name, value)).toList())));
    if (filters.minPrice() != null || filters.maxPrice() != null) {
      others.add(
          LongField.newRangeQuery(
              IndexField.price(currency),
              hundredths(filters.minPrice(), 0, RoundingMode.CEILING),
              hundredths(filters.maxPrice(), Long.MAX_VALUE, RoundingMode.FLOOR)));
    }
    if (filters.currency() != null) {
      others.add(new TermQuery(new Term(IndexField.CURRENCY, filters.currency())));
    }
  }

  private static long hundredths(
      @Nullable BigDecimal price, long unbounded, RoundingMode rounding) {
    if (price == null) {
      return unbounded;
    }
    BigDecimal exact = price.movePointRight(2).setScale(0, rounding);
    return exact.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
        ? Long.MAX_VALUE
        : exact.longValue();
  }

  private static Query any(String field, Collection<String> values) {
    List<BytesRef> terms = values.stream().map(BytesRef::new).toList();
    return terms.size() == 1
        ? new TermQuery(new Term(field, terms.getFirst()))
        : new TermInSetQuery(field, terms);
  }

  boolean has(String facet) {
    return byFacet.containsKey(facet);
  }

  /** A query with all filters. */
  Query all(Query query) {
    return without("", query);
  }

  /** A query with all filters but that of one facet. */
  Query without(String facet, Query query) {
    if (others.isEmpty() && (byFacet.isEmpty() || (byFacet.size() == 1 && has(facet)))) {
      return query;
    }
    BooleanQuery.Builder filtered = new BooleanQuery.Builder().add(query, Occur.MUST);
    byFacet.forEach((name, filter) -> {
      if (!name.equals(facet)) {
        filtered.add(filter, Occur.FILTER);
      }
    });
    others.forEach(filter -> filtered.add(filter, Occur.FILTER));
    return filtered.build();
  }
}
