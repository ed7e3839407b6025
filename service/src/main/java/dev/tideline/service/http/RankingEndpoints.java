package dev.tideline.service.http;

import dev.tideline.engine.catalog.CategoryPath;
import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.features.Feature;
import dev.tideline.engine.input.InvalidInputException;
import dev.tideline.engine.ranking.RankingPolicy;
import dev.tideline.engine.ranking.RankingStore;
import dev.tideline.engine.ranking.RankingStore.Change;
import dev.tideline.engine.ranking.RankingWeights;
import dev.tideline.routing.Written;
import dev.tideline.routing.token.TokenKeys;
import io.helidon.http.Method;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What products are ranked by; the shop edits it while it runs. */
final class RankingEndpoints {

  private final RankingStore store;
  private final RankingPolicy policy;
  private final TokenKeys tokens;

  RankingEndpoints(RankingStore store, RankingPolicy policy, TokenKeys tokens) {
    this.store = store;
    this.policy = policy;
    this.tokens = tokens;
  }

  List<Route> routes() {
    return List.of(
        Route.admin(Method.GET, "/admin/v1/ranking", this::all),
        Route.admin(Method.PUT, "/admin/v1/ranking", this::put),
        Route.admin(Method.DELETE, "/admin/v1/ranking", this::remove),
        Route.admin(Method.GET, "/admin/v1/ranking/history", this::history));
  }

  /** All weights in force, and what may be weighed. */
  record Ranking(
      Map<String, Double> weights,
      Map<String, Map<String, Double>> categories,
      List<String> features) {}

  record Changed(
      @Nullable String category, @Nullable Map<String, Double> weights, Instant changedAt) {

    static Changed of(Change change) {
      return new Changed(
          change.category().isEmpty() ? null : change.category(),
          change.weights().map(RankingEndpoints::named).orElse(null),
          change.changedAt());
    }
  }

  record History(List<Changed> changes) {}

  private Answer all(Call call) {
    call.parameters().check();
    Map<String, RankingWeights> stored = new HashMap<>(policy.all(call.reads()));
    RankingWeights common = stored.remove("");
    Map<String, Map<String, Double>> categories = new TreeMap<>();
    stored.forEach((category, weights) -> categories.put(category, named(weights)));
    return Answer.ok(
        new Ranking(
            named(common == null ? RankingWeights.DEFAULT : common),
            categories,
            Arrays.stream(Feature.values()).map(Feature::label).toList()));
  }

  private Answer put(Call call) {
    String category = category(call);
    JsonFields fields = new JsonFields(JsonBodies.one(call));
    Map<String, Double> weights = fields.numbers("weights");
    if (!fields.errors().isEmpty()) {
      throw new InvalidInputException(fields.errors());
    }
    Written<RankingWeights> written = store.put(category, RankingWeights.of(weights));
    return Answer.ok(Map.of("weights", named(written.value())))
        .with(ConsistencyHeaders.TOKEN, tokens.sign(written.position()));
  }

  private Answer remove(Call call) {
    Written<RankingWeights> written = store.remove(category(call));
    return Answer.noContent().with(ConsistencyHeaders.TOKEN, tokens.sign(written.position()));
  }

  private Answer history(Call call) {
    call.parameters().check();
    return Answer.ok(new History(store.history(call.sql()).stream().map(Changed::of).toList()));
  }

  /** None for the default. */
  private static String category(Call call) {
    Parameters parameters = call.parameters();
    Optional<String> category = parameters.name("category");
    parameters.check();
    category.ifPresent(RankingEndpoints::checkCategory);
    return category.orElse("");
  }

  private static void checkCategory(String path) {
    if (path.length() > ProductDraft.NAME_MAX) {
      throw InvalidInputException.of(
          "category", "must be at most " + ProductDraft.NAME_MAX + " characters");
    }
    CategoryPath.check("category", path);
  }

  private static Map<String, Double> named(RankingWeights weights) {
    Map<String, Double> named = new TreeMap<>();
    weights.weights().forEach((feature, weight) -> named.put(feature.label(), weight));
    return named;
  }
}
