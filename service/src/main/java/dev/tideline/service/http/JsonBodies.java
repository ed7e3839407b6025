package dev.tideline.service.http;

import dev.tideline.engine.input.FieldError;
import dev.tideline.engine.input.InvalidInputException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;

/** Reads bodies that hold one JSON object, an array of them, or one a line (NDJSON). */
final class JsonBodies {

  /**
   * One element of a body.
   *
   * @param node null if it is no JSON
   */
  record Element(@Nullable JsonNode node, Optional<FieldError> malformed) {}

  /** The failure of Jackson at a number such as 1e99999999999. */
  private static final FieldError EXPONENT =
      new FieldError("", "has a number whose exponent is too large");

  private JsonBodies() {}

  static JsonNode one(Call call) {
    return parse(text(call));
  }

  /**
   * The elements of a body, up to a maximum.
   *
   * @throws ProblemException 413 if there are more
   * @throws InvalidInputException if the body is no JSON or empty
   */
  static List<Element> many(Call call, int max) {
    String text = text(call);
    List<Element> elements = call.isNdjson() ? lines(text) : elements(parse(text));
    if (elements.size() > max) {
      throw new ProblemException(
          413, "At most %d in one request, not %d.".formatted(max, elements.size()));
    }
    if (elements.isEmpty()) {
      throw InvalidInputException.of("", "the body is empty");
    }
    return elements;
  }

  private static List<Element> elements(JsonNode node) {
    if (!node.isArray()) {
      return List.of(new Element(node, Optional.empty()));
    }
    List<Element> elements = new ArrayList<>();
    node.forEach(child -> elements.add(new Element(child, Optional.empty())));
    return elements;
  }

  private static List<Element> lines(String text) {
    List<Element> elements = new ArrayList<>();
    text.lines()
        .filter(line -> !line.isBlank())
        .forEach(line -> {
          try {
            elements.add(new Element(Json.MAPPER.readTree(line), Optional.empty()));
          } catch (JacksonException e) {
            elements.add(new Element(null, Optional.of(malformed(e))));
          } catch (NumberFormatException e) {
            elements.add(new Element(null, Optional.of(EXPONENT)));
          }
        });
    return elements;
  }

  private static JsonNode parse(String text) {
    try {
      JsonNode node = Json.MAPPER.readTree(text);
      if (node.isMissingNode()) {
        throw InvalidInputException.of("", "the body is empty");
      }
      return node;
    } catch (JacksonException e) {
      throw new InvalidInputException(List.of(malformed(e)));
    } catch (NumberFormatException e) {
      throw new InvalidInputException(List.of(EXPONENT));
    }
  }

  private static FieldError malformed(JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    String what =
        e instanceof StreamConstraintsException
            ? "JSON with a number or a name that is too long, too many values, or nested too deeply,"
            : "not valid JSON";
    return new FieldError(
        "",
        at == null
            ? what
            : "%s at line %d, column %d".formatted(what, at.getLineNr(), at.getColumnNr()));
  }

  private static String text(Call call) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(call.body().duplicate()).toString();
    } catch (CharacterCodingException e) {
      throw InvalidInputException.of("", "the body is not UTF-8");
    }
  }
}
