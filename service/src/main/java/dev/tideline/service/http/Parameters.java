package dev.tideline.service.http;

import dev.tideline.engine.input.Decimals;
import dev.tideline.engine.input.FieldError;
import dev.tideline.engine.input.Identifiers;
import dev.tideline.engine.input.InvalidInputException;
import io.helidon.common.uri.UriQuery;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Reads the parameters of a query string and gathers what is wrong with them; {@link #check} at the
 * end refuses, with all of it, and with the parameters that nobody asked for.
 */
final class Parameters {

  private static final int NAMED_MAX = 5;
  private static final int VALUE_MAX = 20_000;

  private final UriQuery query;
  private final Set<String> known = new HashSet<>();
  private final List<FieldError> errors = new ArrayList<>();

  Parameters(UriQuery query) {
    this.query = query;
  }

  Optional<String> text(String name) {
    known.add(name);
    if (!query.contains(name)) {
      return Optional.empty();
    }
    List<String> values = query.all(name);
    if (values.size() > 1) {
      errors.add(new FieldError(name, "is given " + values.size() + " times"));
    }
    String value = values.getFirst();
    if (value.length() > VALUE_MAX) {
      errors.add(new FieldError(name, "is too long"));
      return Optional.empty();
    }
    return Optional.of(value);
  }

  /** A text that names something in the catalog: not empty, no control characters. */
  Optional<String> name(String name) {
    Optional<String> value = text(name);
    value
        .filter(text -> text.isBlank() || Identifiers.hasControlCharacter(text))
        .ifPresent(text ->
            errors.add(new FieldError(name, "must not be empty, nor contain control characters")));
    return value;
  }

  /** An id of a user or a session. */
  Optional<String> id(String name) {
    Optional<String> value = text(name);
    value
        .flatMap(Identifiers::problem)
        .ifPresent(problem -> errors.add(new FieldError(name, problem)));
    return value;
  }

  /** Names; the parameter may be given several times. */
  List<String> names(String name) {
    known.add(name);
    if (Identifiers.hasControlCharacter(name)) {
      errors.add(new FieldError(shortened(name), "must not contain control characters"));
    }
    List<String> values = query.contains(name) ? query.all(name) : List.of();
    for (String value : values) {
      if (value.isBlank() || value.length() > VALUE_MAX || Identifiers.hasControlCharacter(value)) {
        errors.add(
            new FieldError(
                shortened(name), "must not be empty, nor long, nor contain control characters"));
      }
    }
    return List.copyOf(values);
  }

  /** The parameters whose names have a prefix, by the rest of their names. */
  Map<String, List<String>> namesBelow(String prefix) {
    Map<String, List<String>> found = new TreeMap<>();
    query.names().stream()
        .filter(name -> name.length() > prefix.length() && name.startsWith(prefix))
        .forEach(name -> found.put(name.substring(prefix.length()), names(name)));
    return found;
  }

  String required(String name) {
    Optional<String> value = text(name);
    if (value.isEmpty()) {
      errors.add(new FieldError(name, "is needed"));
    }
    return value.orElse("");
  }

  int integer(String name, int fallback, int min, int max) {
    return parsed(name, "must be a whole number", Integer::valueOf)
        .map(number -> {
          if (number < min || number > max) {
            errors.add(
                new FieldError(name, "must be %d to %d, not %d".formatted(min, max, number)));
            return fallback;
          }
          return number;
        })
        .orElse(fallback);
  }

  /** A price: 0 or more, at most as large as the catalog can hold. */
  Optional<BigDecimal> price(String name, BigDecimal max) {
    return parsed(name, "must be a number such as 9.99", Parameters::plainDecimal)
        .filter(price -> {
          boolean fits = price.signum() >= 0 && price.compareTo(max) <= 0;
          if (!fits) {
            errors.add(new FieldError(name, "must be 0 to " + max.toPlainString()));
          }
          return fits;
        });
  }

  private static BigDecimal plainDecimal(String text) {
    if (text.indexOf('e') >= 0 || text.indexOf('E') >= 0) {
      throw new NumberFormatException();
    }
    return Decimals.parse(text).orElseThrow(NumberFormatException::new);
  }

  Optional<Boolean> bool(String name) {
    return text(name)
        .flatMap(value ->
            switch (value) {
              case "true" -> Optional.of(true);
              case "false" -> Optional.of(false);
              default -> {
                errors.add(new FieldError(name, "must be true or false"));
                yield Optional.empty();
              }
            });
  }

  <E extends Enum<E>> E choice(String name, Class<E> type, E fallback) {
    Optional<String> value = text(name);
    if (value.isEmpty()) {
      return fallback;
    }
    List<String> labels =
        Arrays.stream(type.getEnumConstants()).map(e -> e.name().toLowerCase(Locale.ROOT)).toList();
    int index = labels.indexOf(value.get());
    if (index < 0) {
      errors.add(new FieldError(name, "must be one of " + String.join(", ", labels)));
      return fallback;
    }
    return type.getEnumConstants()[index];
  }

  private <T> Optional<T> parsed(String name, String rule, Function<String, T> parser) {
    try {
      return text(name).map(parser);
    } catch (NumberFormatException e) {
      errors.add(new FieldError(name, rule));
      return Optional.empty();
    }
  }

  /**
   * Ends the reading.
   *
   * @throws InvalidInputException with all that was wrong
   */
  void check() {
    query.names().stream()
        .filter(name -> !known.contains(name))
        .limit(NAMED_MAX)
        .forEach(
            name -> errors.add(new FieldError(shortened(name), "is no parameter of this call")));
    if (!errors.isEmpty()) {
      throw new InvalidInputException(errors);
    }
  }

  private static String shortened(String name) {
    return name.length() <= 50 ? name : name.substring(0, 50) + "...";
  }
}
