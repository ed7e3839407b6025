package dev.tideline.service.http;

import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.features.Shopper;
import dev.tideline.engine.input.Identifiers;
import dev.tideline.engine.input.InvalidInputException;
import dev.tideline.engine.recommend.RecommendationQuery;
import dev.tideline.engine.recommend.Recommender;
import dev.tideline.engine.search.Cursor;
import dev.tideline.engine.search.Facet;
import dev.tideline.engine.search.ProductSearch;
import dev.tideline.engine.search.SearchQuery;
import dev.tideline.engine.search.SearchQuery.Filters;
import dev.tideline.engine.search.SearchQuery.Page;
import dev.tideline.engine.search.SearchQuery.Sort;
import dev.tideline.engine.search.SearchResult;
import dev.tideline.engine.sessions.SessionHistory;
import dev.tideline.engine.storefront.Storefront;
import dev.tideline.engine.suggest.Suggester;
import dev.tideline.service.metrics.SearchMetrics;
import java.util.List;
import java.util.Optional;

/** The calls of shoppers: search, suggestions, recommendations, similar products, trending. */
final class SearchEndpoints {

  /** Records searches, with the user or session if the request names one. */
  interface Asked {
    void noted(String normalizedQuery, Optional<String> actor, boolean nothingFound);
  }

  private final ProductSearch search;
  private final Recommender recommender;
  private final Suggester suggester;
  private final SessionHistory sessions;
  private final Asked asked;
  private final UserSignatures signatures;
  private final SearchMetrics metrics;

  SearchEndpoints(
      Storefront front,
      SessionHistory sessions,
      Asked asked,
      UserSignatures signatures,
      SearchMetrics metrics) {
    this.search = front.search();
    this.recommender = front.recommender();
    this.suggester = front.suggester();
    this.sessions = sessions;
    this.asked = asked;
    this.signatures = signatures;
    this.metrics = metrics;
  }

  List<Route> routes() {
    return List.of(
        Route.shared("/v1/search", this::search),
        Route.shared("/v1/suggest", this::suggest),
        Route.get("/v1/recommendations/{user_id}", this::recommendations),
        Route.shared("/v1/products/{id}/similar", this::similar),
        Route.shared("/v1/trending", this::trending));
  }

  private Answer search(Call call) {
    Parameters parameters = call.parameters();
    Optional<String> user = parameters.id("user_id");
    Optional<String> session = parameters.id("session_id");
    if (user.isPresent() || session.isPresent()) {
      call.markPersonal();
    }
    boolean explain = parameters.bool("explain").orElse(false);
    SearchQuery query = query(parameters);
    boolean nobody = user.isEmpty() && session.isEmpty();
    boolean explained = explain && (nobody || mayBeNamed(call, user, session));
    Shopper shopper = new Shopper(user, products(session));
    SearchResult result = search.search(query, shopper, call.reads());
    if (result.total() == 0) {
      metrics.nothingFound();
    }
    // no results for a brand or a price do not mean that the words are unknown
    boolean tells = result.total() > 0 || query.filters().equals(Filters.NONE);
    if (tells && query.page().offset() == 0 && !query.prefix() && !call.isExplaining()) {
      asked.noted(result.normalizedQuery(), Identifiers.actor(user, session), result.total() == 0);
    }
    return Answer.ok(Views.Search.of(query, result, explained));
  }

  /**
   * Whether the answer may name what a person did or prefers: to the admin, and to whom the shop's
   * server has signed that this person asks.
   *
   * @throws ProblemException 403 for a signature that is wrong
   */
  private boolean mayBeNamed(Call call, Optional<String> user, Optional<String> session) {
    Optional<String> signature = call.header(UserSignatures.HEADER);
    if (signature.isPresent()) {
      if (!signatures.areKnown()) {
        throw new ProblemException(
            403, "No key is configured that user ids are signed with, so none is accepted.");
      }
      if (!signatures.verify(user.orElse(""), session, signature.get().strip())) {
        throw new ProblemException(
            403, "The user id, with the session id where one is told, is not signed so.");
      }
      return true;
    }
    return call.isAdmin();
  }

  /** The products that a session has viewed; empty while Redis is unavailable. */
  private List<String> products(Optional<String> session) {
    return session.flatMap(sessions::find).orElse(List.of()).stream()
        .map(SessionHistory.Entry::productId)
        .distinct()
        .toList();
  }

  private static SearchQuery query(Parameters parameters) {
    String text = parameters.required("q");
    int limit = parameters.integer("limit", Page.LIMIT_DEFAULT, 1, Page.LIMIT_MAX);
    int offset = parameters.integer("offset", 0, 0, Page.OFFSET_MAX);
    Optional<String> cursor = parameters.name("cursor");
    Filters filters =
        new Filters(
            parameters.names("category"),
            parameters.names("brand"),
            parameters.price("min_price", ProductDraft.PRICE_MAX).orElse(null),
            parameters.price("max_price", ProductDraft.PRICE_MAX).orElse(null),
            parameters.name("currency").orElse(null),
            parameters.bool("in_stock").orElse(null),
            parameters.namesBelow("attributes."));
    Sort sort = parameters.choice("sort", Sort.class, Sort.RELEVANCE);
    List<Facet> facets = parameters.name("facets").map(Facet::parse).orElse(List.of());
    boolean prefix = parameters.bool("prefix").orElse(false);
    boolean highlight = parameters.bool("highlight").orElse(false);
    parameters.check();
    SearchQuery query =
        new SearchQuery(text, new Page(limit, offset), filters, sort, facets, prefix, highlight);
    if (cursor.isEmpty()) {
      return query;
    }
    if (offset > 0) {
      throw InvalidInputException.of("cursor", "does not go with offset");
    }
    return query.with(new Page(limit, Cursor.offset(cursor.get(), query)));
  }

  private Answer suggest(Call call) {
    Parameters parameters = call.parameters();
    String typed = parameters.required("q");
    int limit = parameters.integer("limit", Suggester.LIMIT_DEFAULT, 1, Suggester.LIMIT_MAX);
    parameters.check();
    return Answer.ok(Views.Suggestions.of(suggester.suggest(typed, limit, call.reads())));
  }

  private Answer recommendations(Call call) {
    Parameters parameters = call.parameters();
    int limit = limit(parameters);
    Optional<String> session = parameters.id("session_id");
    Optional<String> category = parameters.name("category");
    boolean excludeSeen = parameters.bool("exclude_seen").orElse(false);
    boolean explain = parameters.bool("explain").orElse(false);
    parameters.check();
    String user = call.pathParameter("user_id");
    boolean named = mayBeNamed(call, Optional.of(user), session);
    RecommendationQuery query =
        new RecommendationQuery(user, limit, category, excludeSeen, products(session), named);
    return Answer.ok(
        Views.Recommendations.of(recommender.recommend(query, call.reads()), explain && named));
  }

  private Answer similar(Call call) {
    Parameters parameters = call.parameters();
    int limit = limit(parameters);
    boolean explain = parameters.bool("explain").orElse(false);
    parameters.check();
    return recommender
        .similar(ProductEndpoints.id(call), limit, call.reads())
        .map(found -> Answer.ok(Views.Recommendations.of(found, explain)))
        .orElseThrow(ProductEndpoints::unknown);
  }

  private Answer trending(Call call) {
    Parameters parameters = call.parameters();
    int limit = limit(parameters);
    Optional<String> category = parameters.name("category");
    parameters.check();
    return Answer.ok(
        Views.Recommendations.of(
            recommender.trending(category.orElse(null), limit, call.reads()), false));
  }

  private static int limit(Parameters parameters) {
    return parameters.integer(
        "limit", RecommendationQuery.LIMIT_DEFAULT, 1, RecommendationQuery.LIMIT_MAX);
  }
}
