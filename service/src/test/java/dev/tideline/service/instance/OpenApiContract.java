package dev.tideline.service.instance;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Holds answers against {@code openapi.yaml}: paths that it names answer with the statuses that it
 * names, bodies fit their schemas and have no field that it does not name, and what was asked for
 * with success is a parameter of it.
 */
final class OpenApiContract {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String FREE_PARAMETER = "attributes.";

  private final JsonNode document;
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

  private OpenApiContract(JsonNode document) {
    this.document = document;
    close(document);
  }

  static OpenApiContract read() {
    return new OpenApiContract(document());
  }

  /** The document as it stands. */
  static JsonNode document() {
    try (InputStream in =
        Objects.requireNonNull(
            Instance.class.getResourceAsStream("/dev/tideline/service/http/openapi.yaml"))) {
      return new YAMLMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fields that a schema does not name are errors, though the document leaves room for more. */
  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.has("properties")
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    node.forEach(OpenApiContract::close);
  }

  /** Holds an answer against the document, and what was asked for with success too. */
  void check(HttpResponse<String> answer) {
    checkAnswer(answer);
    HttpRequest request = answer.request();
    Optional<String> path = path(request.uri().getRawPath());
    if (path.isPresent() && answer.statusCode() < 300) {
      JsonNode operation =
          document.get("paths").get(path.get()).get(request.method().toLowerCase(Locale.ROOT));
      if (operation != null) {
        checkParameters(request, path.get(), operation);
      }
    }
  }

  /** Holds an answer alone against the document. */
  void checkAnswer(HttpResponse<String> answer) {
    HttpRequest request = answer.request();
    Optional<String> path = path(request.uri().getRawPath());
    String method = request.method().toLowerCase(Locale.ROOT);
    if (path.isEmpty() || method.equals("head") || method.equals("options")) {
      return; // not a call of the document
    }
    JsonNode operation = document.at("/paths").get(path.get()).get(method);
    if (operation == null) {
      assertThat(answer.statusCode()).as("%s %s", method, path.get()).isIn(401, 403, 405);
      return;
    }
    String status = Integer.toString(answer.statusCode());
    JsonNode response = resolved(operation.at("/responses").path(status));
    assertThat(response.isMissingNode())
        .as("%s %s answers %s: %s", method, path.get(), status, answer.body())
        .isFalse();
    checkBody(answer, response, method + ' ' + path.get() + ' ' + status);
  }

  private Optional<String> path(String rawPath) {
    return document.get("paths").propertyNames().stream()
        .filter(path ->
            Pattern.matches(path.replaceAll("\\{[^}]+}", "[^/]+").replace(".", "\\."), rawPath))
        .min((a, b) -> a.indexOf('{') - b.indexOf('{')); // a name before a parameter
  }

  private void checkParameters(HttpRequest request, String path, JsonNode operation) {
    String query = request.uri().getRawQuery();
    if (query == null) {
      return;
    }
    Set<String> known =
        Stream.concat(
                operation.path("parameters").valueStream(),
                document.get("paths").get(path).path("parameters").valueStream())
            .map(this::resolved)
            .map(parameter -> parameter.get("name").stringValue())
            .collect(Collectors.toSet());
    for (String pair : query.split("&", -1)) {
      String name = pair.split("=", 2)[0];
      assertThat(known.contains(name) || name.startsWith(FREE_PARAMETER))
          .as("parameter %s of %s", name, path)
          .isTrue();
    }
  }

  private void checkBody(HttpResponse<String> answer, JsonNode response, String call) {
    JsonNode content = response.path("content");
    String type = answer.headers().firstValue("content-type").orElse("").split(";", 2)[0];
    JsonNode schema = content.path(type).path("schema");
    if (content.isMissingNode()) {
      return; // the document does not say what the body is
    }
    assertThat(schema.isMissingNode()).as("%s answers with %s", call, type).isFalse();
    List<Error> errors =
        schemas
            .computeIfAbsent(call, key -> registry.getSchema(withComponents(schema)))
            .validate(JSON.readTree(answer.body()));
    assertThat(errors).as("%s: %s", call, answer.body()).isEmpty();
  }

  /** A schema that finds what it refers to. */
  private JsonNode withComponents(JsonNode schema) {
    ObjectNode whole = (ObjectNode) schema.deepCopy();
    whole.set("components", document.get("components"));
    return whole;
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.get("$ref").stringValue().substring(1)) : node;
  }
}
