package dev.tideline.service.http;

import dev.tideline.engine.input.Identifiers;
import dev.tideline.engine.input.InvalidInputException;
import dev.tideline.engine.preferences.PreferenceCache;
import dev.tideline.engine.preferences.Preferences;
import dev.tideline.engine.preferences.UserPrivacy;
import dev.tideline.engine.preferences.UserStore;
import dev.tideline.routing.token.Position;
import dev.tideline.routing.token.TokenKeys;
import io.helidon.http.Method;
import java.math.BigDecimal;
import java.util.List;

/** The calls of the shop's server about its users. */
final class UserEndpoints {

  private final UserStore users;
  private final PreferenceCache preferences;
  private final UserPrivacy privacy;
  private final TokenKeys tokens;

  UserEndpoints(
      UserStore users, PreferenceCache preferences, UserPrivacy privacy, TokenKeys tokens) {
    this.users = users;
    this.preferences = preferences;
    this.privacy = privacy;
    this.tokens = tokens;
  }

  List<Route> routes() {
    return List.of(
        Route.admin(Method.GET, "/v1/users/{id}/preferences", this::preferences),
        Route.admin(Method.PUT, "/v1/users/{id}/preferences", this::putPreferences),
        Route.admin(Method.DELETE, "/v1/users/{id}", this::forget));
  }

  private Answer preferences(Call call) {
    call.parameters().check();
    return Answer.ok(Views.UserPreferences.of(preferences.find(id(call), call.reads())));
  }

  private Answer putPreferences(Call call) {
    String id = id(call);
    JsonFields fields = new JsonFields(JsonBodies.one(call));
    List<String> categories = fields.texts("categories");
    List<String> brands = fields.texts("brands");
    BigDecimal min = fields.decimal("min_price");
    BigDecimal max = fields.decimal("max_price");
    if (!fields.errors().isEmpty()) {
      throw new InvalidInputException(fields.errors());
    }
    Preferences wanted = new Preferences(categories, brands, min, max);
    Position position = users.put(id, wanted);
    return Answer.ok(Views.UserPreferences.of(wanted))
        .with(ConsistencyHeaders.TOKEN, tokens.sign(position));
  }

  private Answer forget(Call call) {
    Position position =
        privacy
            .forget(id(call))
            .orElseThrow(() ->
                new ProblemException(
                    503, "Sessions cannot be forgotten while Redis is away; nothing was done."));
    return Answer.noContent().with(ConsistencyHeaders.TOKEN, tokens.sign(position));
  }

  private static String id(Call call) {
    String id = call.pathParameter("id");
    Identifiers.problem(id)
        .ifPresent(problem -> {
          throw InvalidInputException.of("id", problem);
        });
    return id;
  }
}
