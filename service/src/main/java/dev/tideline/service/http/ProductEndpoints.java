package dev.tideline.service.http;

import dev.tideline.engine.catalog.CatalogCache;
import dev.tideline.engine.catalog.CatalogStore;
import dev.tideline.engine.catalog.CatalogStore.Stored;
import dev.tideline.engine.catalog.ProductDraft;
import dev.tideline.engine.input.FieldError;
import dev.tideline.engine.input.Identifiers;
import dev.tideline.engine.input.InvalidInputException;
import dev.tideline.routing.Written;
import dev.tideline.routing.token.Position;
import dev.tideline.routing.token.TokenKeys;
import io.helidon.http.Method;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Products: read by all, written by the shop. */
final class ProductEndpoints {

  static final int BATCH_MAX = 1_000;

  /** ISO 4217's "no currency", for a product that has no price. */
  private static final String NO_CURRENCY = "XXX";

  private final CatalogStore catalog;
  private final CatalogCache products;
  private final TokenKeys tokens;

  ProductEndpoints(CatalogStore catalog, CatalogCache products, TokenKeys tokens) {
    this.catalog = catalog;
    this.products = products;
    this.tokens = tokens;
  }

  List<Route> routes() {
    return List.of(
        Route.shared("/v1/products/{id}", this::find),
        Route.admin(Method.PUT, "/v1/products/{id}", this::put),
        Route.admin(Method.DELETE, "/v1/products/{id}", this::delete),
        Route.admin(Method.POST, "/v1/products/batch", this::batch));
  }

  private Answer find(Call call) {
    call.parameters().check();
    String id = id(call);
    return products
        .find(id, call.reads())
        .map(product -> Answer.ok(Views.Details.of(product)))
        .orElseThrow(ProductEndpoints::unknown);
  }

  private Answer put(Call call) {
    String id = id(call);
    Draft draft = draft(JsonBodies.one(call), id);
    if (!draft.errors().isEmpty()) {
      throw new InvalidInputException(draft.errors());
    }
    Written<Stored> written = catalog.put(draft.product());
    Stored stored = written.value();
    return withToken(
        Answer.json(stored.created() ? 201 : 200, Views.Details.of(stored.product())),
        written.position());
  }

  private Answer delete(Call call) {
    Written<Boolean> deleted = catalog.delete(id(call));
    if (!deleted.value()) {
      throw unknown();
    }
    return withToken(Answer.noContent(), deleted.position());
  }

  private Answer batch(Call call) {
    List<JsonBodies.Element> elements = JsonBodies.many(call, BATCH_MAX);
    List<ProductDraft> drafts = new ArrayList<>();
    List<Views.Rejected> rejected = new ArrayList<>();
    for (int i = 0; i < elements.size(); i++) {
      JsonNode node = elements.get(i).node();
      if (node == null) {
        rejected.add(new Views.Rejected(i, elements.get(i).malformed().stream().toList()));
        continue;
      }
      Draft draft = draft(node, null);
      if (draft.errors().isEmpty()) {
        drafts.add(draft.product());
      } else {
        rejected.add(new Views.Rejected(i, draft.errors()));
      }
    }
    if (drafts.isEmpty()) {
      throw Rejections.allOf(rejected);
    }
    Position position = catalog.putAll(drafts);
    return withToken(Answer.ok(new Views.Stored(drafts.size(), rejected)), position);
  }

  private Answer withToken(Answer answer, Position position) {
    return answer.with(ConsistencyHeaders.TOKEN, tokens.sign(position));
  }

  static String id(Call call) {
    String id = call.pathParameter("id");
    Optional<String> problem = Identifiers.problem(id);
    if (problem.isPresent()) {
      throw InvalidInputException.of("id", problem.get());
    }
    return id;
  }

  static ProblemException unknown() {
    return new ProblemException(404, "There is no product of this id.");
  }

  private record Draft(ProductDraft product, List<FieldError> errors) {}

  /** A product in a body; where the path names its id, the body need not. */
  private static Draft draft(JsonNode node, @Nullable String pathId) {
    JsonFields fields = new JsonFields(node);
    String bodyId = fields.text("product_id");
    BigDecimal price = fields.decimal("price");
    String currency = fields.text("currency");
    if (price != null && currency == null) {
      fields.add(List.of(new FieldError("currency", "is needed where there is a price")));
    }
    if (pathId != null && bodyId != null && !bodyId.equals(pathId)) {
      fields.add(List.of(new FieldError("product_id", "differs from the id in the path")));
    }
    // returned by GET and set by the database: an answer may be written back unchanged
    fields.instant("created_at");
    fields.instant("updated_at");
    String id = pathId != null ? pathId : bodyId == null ? "" : bodyId;
    ProductDraft draft =
        new ProductDraft(
            id,
            fields.text("title"),
            fields.text("description"),
            fields.text("brand"),
            fields.text("category"),
            price,
            currency == null ? NO_CURRENCY : currency,
            fields.bool("in_stock", true),
            fields.flatObject("attributes"));
    if (fields.errors().isEmpty()) {
      fields.add(draft.problems());
    }
    return new Draft(draft, fields.errors());
  }
}
