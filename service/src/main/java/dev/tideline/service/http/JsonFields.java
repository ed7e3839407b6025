package dev.tideline.service.http;

import dev.tideline.engine.input.Decimals;
import dev.tideline.engine.input.FieldError;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads the fields of a JSON object without bending any: a text is no number, and a field that is
 * unknown is reported. A field that is null counts as absent.
 */
final class JsonFields {

  private static final Pattern UUID_FORM =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final int UNKNOWN_NAMED_MAX = 5;
  private static final int NAME_SHOWN_MAX = 50;

  private final JsonNode object;
  private final Set<String> known = new HashSet<>();
  private final List<FieldError> errors = new ArrayList<>();

  JsonFields(JsonNode object) {
    this.object = object;
    if (!object.isObject()) {
      errors.add(new FieldError("", "must be a JSON object"));
    }
  }

  private Optional<JsonNode> field(String name) {
    known.add(name);
    JsonNode node = object.get(name);
    return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
  }

  private <T> Optional<T> wrong(String name, String rule) {
    errors.add(new FieldError(name, rule));
    return Optional.empty();
  }

  @Nullable String text(String name) {
    return field(name)
        .flatMap(node ->
            node.isString()
                ? Optional.of(node.stringValue())
                : this.<String>wrong(name, "must be a text"))
        .orElse(null);
  }

  @Nullable Integer integer(String name) {
    return field(name)
        .flatMap(node ->
            node.isIntegralNumber() && node.canConvertToInt()
                ? Optional.of(node.intValue())
                : this.<Integer>wrong(name, "must be a whole number"))
        .orElse(null);
  }

  @Nullable BigDecimal decimal(String name) {
    return field(name)
        .flatMap(node -> number(node).or(() -> this.wrong(name, Decimals.RULE)))
        .orElse(null);
  }

  /** A number within the bounds that all numbers have. */
  private static Optional<BigDecimal> number(JsonNode node) {
    return node.isNumber() ? Decimals.bounded(node.decimalValue()) : Optional.empty();
  }

  boolean bool(String name, boolean fallback) {
    return field(name)
        .flatMap(node ->
            node.isBoolean()
                ? Optional.of(node.booleanValue())
                : this.<Boolean>wrong(name, "must be true or false"))
        .orElse(fallback);
  }

  Optional<UUID> uuid(String name) {
    String text = text(name);
    if (text == null) {
      return Optional.empty();
    }
    return UUID_FORM.matcher(text).matches()
        ? Optional.of(UUID.fromString(text))
        : wrong(name, "must be a UUID");
  }

  Optional<Instant> instant(String name) {
    String text = text(name);
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      return wrong(name, "must be a time with its zone, such as 2026-01-31T12:00:00Z");
    }
  }

  /** A flat object whose values are texts, numbers or booleans. */
  Map<String, Object> flatObject(String name) {
    Map<String, Object> values = new LinkedHashMap<>();
    field(name)
        .ifPresent(node -> {
          if (!node.isObject()) {
            wrong(name, "must be an object");
          }
          node.properties().forEach(entry -> flat(name, entry, values));
        });
    return values;
  }

  private void flat(String name, Map.Entry<String, JsonNode> entry, Map<String, Object> values) {
    JsonNode value = entry.getValue();
    if (value.isString()) {
      values.put(entry.getKey(), value.stringValue());
    } else if (value.isNumber()) {
      number(value)
          .ifPresentOrElse(
              number -> values.put(entry.getKey(), number),
              () -> wrong(name + "." + shown(entry.getKey()), Decimals.RULE));
    } else if (value.isBoolean()) {
      values.put(entry.getKey(), value.booleanValue());
    } else {
      wrong(name + "." + shown(entry.getKey()), "must be a text, a number, true or false");
    }
  }

  /** An array of texts; none where it is missing. */
  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    field(name)
        .ifPresent(node -> {
          if (!node.isArray()) {
            wrong(name, "must be an array of texts");
          }
          node.forEach(element -> {
            if (element.isString()) {
              texts.add(element.stringValue());
            } else {
              wrong(name + "[" + texts.size() + "]", "must be a text");
            }
          });
        });
    return texts;
  }

  /** An object whose values are numbers; it is required. */
  Map<String, Double> numbers(String name) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    JsonNode object = field(name).orElse(null);
    if (object == null || !object.isObject()) {
      wrong(name, "must be an object");
      return numbers;
    }
    object
        .properties()
        .forEach(entry ->
            number(entry.getValue())
                .ifPresentOrElse(
                    number -> numbers.put(entry.getKey(), number.doubleValue()),
                    () -> wrong(name + "." + shown(entry.getKey()), Decimals.RULE)));
    return numbers;
  }

  void add(List<FieldError> more) {
    errors.addAll(more);
  }

  /** All problems so far, including unknown fields. */
  List<FieldError> errors() {
    List<FieldError> all = new ArrayList<>(errors);
    object.propertyNames().stream()
        .filter(name -> !known.contains(name))
        .limit(UNKNOWN_NAMED_MAX)
        .forEach(name -> all.add(new FieldError(shown(name), "is no field of this object")));
    return all;
  }

  private static String shown(String name) {
    return name.length() <= NAME_SHOWN_MAX ? name : name.substring(0, NAME_SHOWN_MAX) + "...";
  }
}
