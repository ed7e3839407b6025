package dev.tideline.service.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tideline.engine.catalog.Product;
import dev.tideline.engine.catalog.ProductSummary;
import dev.tideline.engine.input.FieldError;
import dev.tideline.engine.preferences.Preferences;
import dev.tideline.engine.ranking.Ranker.Contribution;
import dev.tideline.engine.recommend.Recommendation;
import dev.tideline.engine.search.Cursor;
import dev.tideline.engine.search.Facet;
import dev.tideline.engine.search.SearchQuery;
import dev.tideline.engine.search.SearchResult;
import dev.tideline.engine.suggest.Suggestion;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What answers look like; names are a contract. */
final class Views {

  private Views() {}

  record Explained(String name, double value, double weight, double contribution) {}

  record Explanation(List<Explained> features) {
    static Explanation of(List<Contribution> contributions) {
      return new Explanation(
          contributions.stream()
              .map(one ->
                  new Explained(
                      one.feature().label(), one.value(), one.weight(), one.contribution()))
              .toList());
    }
  }

  record Result(
      String productId,
      String title,
      @Nullable String brand,
      @Nullable String category,
      @Nullable BigDecimal price,
      String currency,
      boolean inStock,
      double score,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String reason,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Explanation explain,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, String> highlights) {

    static Result of(
        ProductSummary product,
        double score,
        @Nullable String reason,
        @Nullable Explanation explain,
        @Nullable Map<String, String> highlights) {
      return new Result(
          product.id(),
          product.title(),
          product.brand(),
          product.category(),
          product.price(),
          product.currency(),
          product.inStock(),
          score,
          reason,
          explain,
          highlights);
    }
  }

  record Search(
      String query,
      String normalizedQuery,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String correctedQuery,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String didYouMean,
      long total,
      List<Result> results,
      Map<String, List<Facet.Count>> facets,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String nextCursor) {

    static Search of(SearchQuery query, SearchResult result, boolean explain) {
      return new Search(
          query.text(),
          result.normalizedQuery(),
          result.correctedQuery().orElse(null),
          result.didYouMean().orElse(null),
          result.total(),
          result.hits().stream()
              .map(hit ->
                  Result.of(
                      hit.product(),
                      hit.score(),
                      null,
                      explain ? Explanation.of(hit.explanation()) : null,
                      query.highlight() ? hit.highlights() : null))
              .toList(),
          result.facets(),
          Cursor.next(query, result).orElse(null));
    }
  }

  record Recommendations(List<Result> results) {
    static Recommendations of(List<Recommendation> recommendations, boolean explain) {
      return new Recommendations(
          recommendations.stream()
              .map(one ->
                  Result.of(
                      one.product(),
                      one.score(),
                      one.reason(),
                      explain ? Explanation.of(one.explanation()) : null,
                      null))
              .toList());
    }
  }

  record Suggested(String text, String kind) {}

  record Suggestions(List<Suggested> suggestions) {
    static Suggestions of(List<Suggestion> suggestions) {
      return new Suggestions(
          suggestions.stream().map(one -> new Suggested(one.text(), one.kind().label())).toList());
    }
  }

  record UserPreferences(
      List<String> categories,
      List<String> brands,
      @Nullable BigDecimal minPrice,
      @Nullable BigDecimal maxPrice) {

    static UserPreferences of(Preferences preferences) {
      return new UserPreferences(
          preferences.categories(),
          preferences.brands(),
          preferences.minPrice(),
          preferences.maxPrice());
    }
  }

  record Details(
      String productId,
      String title,
      String description,
      @Nullable String brand,
      @Nullable String category,
      @Nullable BigDecimal price,
      String currency,
      boolean inStock,
      Map<String, Object> attributes,
      Instant createdAt,
      Instant updatedAt) {

    static Details of(Product product) {
      return new Details(
          product.id(),
          product.title(),
          product.description(),
          product.brand(),
          product.category(),
          product.price(),
          product.currency(),
          product.inStock(),
          product.attributes(),
          product.createdAt(),
          product.updatedAt());
    }
  }

  /** An element of a body that was not taken. */
  record Rejected(int index, List<FieldError> errors) {}

  record Accepted(int accepted, int duplicates, List<Rejected> rejected) {}

  record Stored(int stored, List<Rejected> rejected) {}

  record SessionEntry(String type, String productId, Instant occurredAt) {}

  record Session(String sessionId, List<SessionEntry> entries) {}

  record Health(String status, Map<String, Map<String, String>> checks) {}

  record Live(String status) {}

  record Ready(String status, double warmth) {}
}
