package dev.tideline.service.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Calls of the OpenAPI document with values that fit, and the same with one that does not. */
final class SampleCalls {

  /** What the service sets by itself, whatever was sent. */
  private static final Set<String> SET_HERE = Set.of("created_at", "updated_at");

  /** The value of every id, so that a body's is the path's. */
  private static final String NAME = "fuzz";

  private static final String FREE = ".NAME";
  private static final int SHOWN_MAX = 300;
  private static final int FEW = 3;

  /** One request. */
  record Sample(
      String method,
      String uri,
      boolean admin,
      Map<String, String> headers,
      @Nullable String body) {

    String shown() {
      String text = method + ' ' + uri + ' ' + headers + ' ' + body;
      return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "...";
    }
  }

  private final JsonNode document;

  private SampleCalls(JsonNode document) {
    this.document = document;
  }

  static SampleCalls read() {
    return new SampleCalls(OpenApiContract.document());
  }

  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    document
        .get("paths")
        .properties()
        .forEach(path ->
            path.getValue().properties().stream()
                .filter(one -> !one.getKey().equals("parameters"))
                .forEach(one ->
                    operations.add(
                        new Operation(
                            one.getKey().toUpperCase(Locale.ROOT),
                            path.getKey(),
                            path.getValue(),
                            one.getValue()))));
    return operations;
  }

  /** Whether what a path answers to GET has the form of what it answers to PUT. */
  boolean isReadAsStored(Sample sample) {
    return operations().stream()
        .filter(one -> one.method().equals("PUT") && one.fits(sample.uri()))
        .anyMatch(one ->
            one.item
                .at("/get/responses/200/content")
                .equals(one.operation.at("/responses/200/content")));
  }

  /** Asserts of every field that was sent and is told, that it is the same. */
  static void assertTold(JsonNode sent, JsonNode told) {
    sent.properties()
        .forEach(field -> {
          JsonNode other = told.get(field.getKey());
          if (other == null || field.getValue().isNull() || SET_HERE.contains(field.getKey())) {
            return;
          }
          if (field.getValue().isObject()) {
            assertTold(field.getValue(), other);
          } else if (field.getValue().isNumber()) {
            assertThat(other.decimalValue())
                .as(field.getKey())
                .isEqualByComparingTo(field.getValue().decimalValue());
          } else {
            assertThat(other).as(field.getKey()).isEqualTo(field.getValue());
          }
        });
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref")
        ? resolved(document.at(node.get("$ref").stringValue().substring(1)))
        : node;
  }

  /** A value that fits a schema, as JSON writes it. */
  private String sample(JsonNode unresolved) {
    JsonNode schema = resolved(unresolved);
    if (schema.has("example")) {
      return schema.get("example").toString();
    }
    if (schema.has("examples")) {
      return schema.get("examples").get(0).toString();
    }
    if (schema.has("enum")) {
      return schema.get("enum").get(0).toString();
    }
    if (schema.has("oneOf")) {
      return sample(schema.get("oneOf").get(0));
    }
    return switch (type(schema)) {
      case "object" ->
          fields(schema).entrySet().stream()
              .map(field -> '"' + field.getKey() + "\":" + field.getValue())
              .collect(Collectors.joining(",", "{", "}"));
      case "array" -> "[" + sample(schema.path("items")) + "]";
      case "integer", "number" -> "1";
      case "boolean" -> "true";
      default ->
          switch (schema.path("format").asString("")) {
            case "uuid" -> '"' + UUID.randomUUID().toString() + '"';
            case "date-time" -> '"' + Instant.now().toString() + '"';
            default -> '"' + NAME + '"';
          };
    };
  }

  private static String type(JsonNode schema) {
    JsonNode type = schema.path("type");
    return (type.isArray() ? type.get(0) : type).asString("");
  }

  private Map<String, String> fields(JsonNode schema) {
    Map<String, String> fields = new LinkedHashMap<>();
    schema
        .path("properties")
        .properties()
        .forEach(field -> fields.put(field.getKey(), sample(field.getValue())));
    return fields;
  }

  /** One call of the document. */
  final class Operation {
    private final String method;
    private final String path;
    private final JsonNode item;
    private final JsonNode operation;

    private Operation(String method, String path, JsonNode item, JsonNode operation) {
      this.method = method;
      this.path = path;
      this.item = item;
      this.operation = operation;
    }

    String method() {
      return method;
    }

    String path() {
      return path;
    }

    @Override
    public String toString() {
      return method + ' ' + path;
    }

    boolean fits(String uri) {
      return uri.replaceAll("\\?.*", "").matches(path.replaceAll("\\{[^}]+}", "[^/]+"));
    }

    private List<JsonNode> parameters() {
      List<JsonNode> parameters = new ArrayList<>();
      item.path("parameters").forEach(one -> parameters.add(resolved(one)));
      operation.path("parameters").forEach(one -> parameters.add(resolved(one)));
      return parameters;
    }

    private List<JsonNode> parameters(String in) {
      return parameters().stream().filter(one -> in(one).equals(in)).toList();
    }

    private String in(JsonNode parameter) {
      return parameter.get("in").stringValue();
    }

    private String name(JsonNode parameter) {
      return parameter.get("name").stringValue();
    }

    private JsonNode schema() {
      return resolved(operation.at("/requestBody/content/application~1json/schema"));
    }

    private boolean hasLines() {
      return operation.at("/requestBody/content").has("application/x-ndjson");
    }

    /** With nothing but what is required, and all fields of a body. */
    Sample plain() {
      return with(path(NAME), query("", ""), Map.of(), body());
    }

    private @Nullable String body() {
      return operation.has("requestBody") ? sample(schema()) : null;
    }

    private Sample with(
        String filled, String query, Map<String, String> headers, @Nullable String body) {
      return new Sample(method, filled + query, operation.has("security"), headers, body);
    }

    private String path(String value) {
      return path.replaceAll("\\{[^}]+}", value);
    }

    /** The required parameters and another, which is encoded already. */
    private String query(String name, String value) {
      List<String> pairs = new ArrayList<>();
      for (JsonNode parameter : parameters("query")) {
        if (parameter.path("required").asBoolean(false) && !name(parameter).equals(name)) {
          JsonNode example = parameter.path("example");
          pairs.add(
              name(parameter)
                  + '='
                  + InstanceTestCase.encode(example.isMissingNode() ? NAME : example.asString()));
        }
      }
      if (!name.isEmpty()) {
        pairs.add(name + '=' + value);
      }
      return pairs.isEmpty() ? "" : "?" + String.join("&", pairs);
    }

    /** Where the query, or an id in the path, is no text at all. */
    List<Sample> broken() {
      List<Sample> samples = new ArrayList<>();
      for (String value : HostileInputs.BROKEN) {
        samples.add(with(path(value), query("", ""), Map.of(), null));
        samples.add(with(path(NAME), query("a", value), Map.of(), null));
        samples.add(with(path(NAME), query(value, "a"), Map.of(), null));
      }
      return samples;
    }

    /** With one hostile value each. */
    List<Sample> hostile(boolean all) {
      List<String> encoded = new ArrayList<>(HostileInputs.encodings());
      HostileInputs.texts(all).forEach(text -> encoded.add(InstanceTestCase.encode(text)));
      List<Sample> samples = new ArrayList<>();
      if (path.contains("{")) {
        encoded.stream()
            .filter(value -> !value.isEmpty())
            .forEach(value -> samples.add(with(path(value), query("", ""), Map.of(), body())));
      }
      for (JsonNode parameter : parameters("query")) {
        String name = name(parameter);
        for (String value : encoded) {
          samples.add(with(path(NAME), query(free(name, "a"), value), Map.of(), body()));
          if (name.endsWith(FREE)) {
            samples.add(with(path(NAME), query(free(name, value), "1"), Map.of(), body()));
          }
        }
      }
      encoded.stream()
          .filter(name -> !name.isEmpty())
          .limit(all ? encoded.size() : FEW)
          .forEach(name -> samples.add(with(path(NAME), query(name, "1"), Map.of(), body())));
      headers(samples, all);
      if (operation.has("requestBody")) {
        bodies(all).forEach(body -> samples.add(with(path(NAME), query("", ""), Map.of(), body)));
        if (hasLines()) {
          Map<String, String> lines = Map.of("Content-Type", "application/x-ndjson");
          (all ? bodies(true) : HostileInputs.bodies())
              .forEach(body -> samples.add(with(path(NAME), query("", ""), lines, body)));
        }
      }
      return samples;
    }

    private String free(String name, String value) {
      return name.endsWith(FREE)
          ? name.substring(0, name.length() - FREE.length() + 1) + value
          : name;
    }

    private void headers(List<Sample> samples, boolean all) {
      List<String> names = new ArrayList<>(all ? HostileInputs.HEADERS : List.of("Accept"));
      parameters("header").forEach(one -> names.add(name(one)));
      for (String name : names) {
        HostileInputs.texts(all).stream()
            .filter(text -> text.length() < 10_000 && text.matches("[\\x20-\\x7e]+"))
            .forEach(
                text -> samples.add(with(path(NAME), query("", ""), Map.of(name, text), body())));
      }
    }

    private List<String> bodies(boolean all) {
      List<String> bodies = new ArrayList<>(HostileInputs.bodies());
      bodies.addAll(variants(schema(), all));
      return bodies;
    }

    /** The sample of a schema with one part of it replaced, at any depth. */
    private List<String> variants(JsonNode unresolved, boolean all) {
      JsonNode schema = resolved(unresolved);
      List<String> variants = new ArrayList<>();
      if (schema.has("oneOf")) {
        schema
            .get("oneOf")
            .valueStream()
            .limit(all ? Integer.MAX_VALUE : 1)
            .forEach(one -> variants.addAll(variants(one, all)));
      } else if (type(schema).equals("array")) {
        HostileInputs.values(all).forEach(value -> variants.add("[" + value + "]"));
        variants(schema.path("items"), all).forEach(value -> variants.add("[" + value + "]"));
      } else if (type(schema).equals("object")) {
        fieldVariants(schema, all, variants);
      } else {
        variants.addAll(HostileInputs.values(all));
      }
      return variants;
    }

    private void fieldVariants(JsonNode schema, boolean all, List<String> variants) {
      Map<String, String> plain = fields(schema);
      schema
          .path("properties")
          .properties()
          .forEach(field -> {
            List<String> values = new ArrayList<>(HostileInputs.values(all));
            values.addAll(variants(field.getValue(), all));
            values.stream()
                .distinct()
                .forEach(value -> variants.add(object(plain, '"' + field.getKey() + '"', value)));
          });
      if (schema.path("additionalProperties").isObject()) {
        HostileInputs.values(all).forEach(value -> variants.add(object(plain, "\"text\"", value)));
      }
      HostileInputs.names().forEach(name -> variants.add(object(plain, name, "1")));
    }

    private String object(Map<String, String> fields, String name, String value) {
      Map<String, String> all = new LinkedHashMap<>();
      fields.forEach((field, sample) -> all.put('"' + field + '"', sample));
      all.put(name, value);
      return all.entrySet().stream()
          .map(field -> field.getKey() + ':' + field.getValue())
          .collect(Collectors.joining(",", "{", "}"));
    }
  }
}
