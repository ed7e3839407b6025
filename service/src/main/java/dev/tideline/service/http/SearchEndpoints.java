package dev.tideline.service.http;

import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.recommend.Recommender;
import dev.tideline.engine.search.ProductSearch;
import dev.tideline.engine.search.SearchQuery;
import dev.tideline.engine.search.SearchQuery.Filters;
import dev.tideline.engine.search.SearchQuery.Sort;
import dev.tideline.engine.search.SearchResult;
import dev.tideline.service.metrics.InstanceMetrics;
import java.util.List;
import java.util.Optional;

/** What shoppers ask for: search, recommendations, trending. */
final class SearchEndpoints {

  private final ProductSearch search;
  private final Recommender recommender;
  private final InstanceMetrics metrics;

  SearchEndpoints(ProductSearch search, Recommender recommender, InstanceMetrics metrics) {
    this.search = search;
    this.recommender = recommender;
    this.metrics = metrics;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/v1/search", this::search),
        Route.get("/v1/recommendations/{user_id}", this::recommendations),
        Route.get("/v1/trending", this::trending));
  }

  private Answer search(Call call) {
    Parameters parameters = call.parameters();
    String text = parameters.required("q");
    int limit = parameters.integer("limit", SearchQuery.LIMIT_DEFAULT, 1, SearchQuery.LIMIT_MAX);
    int offset = parameters.integer("offset", 0, 0, SearchQuery.OFFSET_MAX);
    Filters filters =
        new Filters(
            parameters.name("category").orElse(null),
            parameters.name("brand").orElse(null),
            parameters.price("min_price", ProductDraft.PRICE_MAX).orElse(null),
            parameters.price("max_price", ProductDraft.PRICE_MAX).orElse(null),
            parameters.name("currency").orElse(null),
            parameters.bool("in_stock").orElse(null));
    Sort sort = parameters.choice("sort", Sort.class, Sort.RELEVANCE);
    parameters.name("user_id");
    parameters.name("session_id");
    parameters.check();
    SearchResult result =
        search.search(new SearchQuery(text, limit, offset, filters, sort), call.reads());
    if (result.total() == 0) {
      metrics.nothingFound();
    }
    return Answer.ok(Views.Search.of(text, result));
  }

  private Answer recommendations(Call call) {
    Parameters parameters = call.parameters();
    int limit = limit(parameters);
    parameters.name("session_id");
    parameters.check();
    return Answer.ok(
        Views.Recommendations.of(
            recommender.recommend(call.pathParameter("user_id"), limit, call.reads())));
  }

  private Answer trending(Call call) {
    Parameters parameters = call.parameters();
    int limit = limit(parameters);
    Optional<String> category = parameters.name("category");
    parameters.check();
    return Answer.ok(
        Views.Recommendations.of(recommender.trending(category.orElse(null), limit, call.reads())));
  }

  private static int limit(Parameters parameters) {
    return parameters.integer("limit", Recommender.LIMIT_DEFAULT, 1, Recommender.LIMIT_MAX);
  }
}
