package dev.tideline.service.config;

import dev.tideline.routing.node.HostedReplicas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads environment variables and collects all problems with them. */
final class EnvironmentReader {

  private static final Pattern BYTES = Pattern.compile("(\\d{1,9})(B|KiB|MiB|GiB)");
  private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB");
  private static final Pattern LETTERS = Pattern.compile("[^a-z]");
  private static final Set<String> PLACEHOLDERS =
      Set.of("changeme", "replaceme", "setme", "placeholder", "setittoarandomtext");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  private final Map<String, String> environment;
  private final List<String> problems = new ArrayList<>();

  EnvironmentReader(Map<String, String> environment) {
    this.environment = environment;
  }

  List<String> problems() {
    return problems;
  }

  void problem(String text) {
    problems.add(text);
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  void oneOf(String name, List<String> values) {
    text(name)
        .filter(value -> !values.contains(value))
        .ifPresent(value ->
            problems.add(name + ": must be " + String.join(" or ", values) + ", not " + value));
  }

  <E extends Enum<E>> E choice(String name, Class<E> type, E fallback) {
    Optional<String> value = text(name).map(String::strip);
    if (value.isEmpty()) {
      return fallback;
    }
    List<String> labels = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      String label = constant.name().toLowerCase(Locale.ROOT);
      if (label.equals(value.get())) {
        return constant;
      }
      labels.add(label);
    }
    problems.add(name + ": must be " + String.join(" or ", labels) + ", not " + value.get());
    return fallback;
  }

  String required(String name) {
    Optional<String> value = text(name);
    if (value.isEmpty()) {
      problems.add(name + ": is not set");
    }
    return value.orElse("");
  }

  List<String> list(String name) {
    return split(text(name));
  }

  List<String> secretList(String name) {
    return split(secret(name));
  }

  private static List<String> split(Optional<String> list) {
    return list.stream()
        .flatMap(value -> Arrays.stream(value.split(",", -1)))
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .toList();
  }

  /**
   * From the variable, or from the file that the variable with {@code _FILE} behind names. What
   * stands in examples is known to everyone, and so is no secret.
   */
  Optional<String> secret(String name) {
    Optional<String> secret = given(name);
    if (secret.filter(value -> isPlaceholder(value)).isPresent()) {
      problems.add(
          name + ": is the placeholder of an example; set a random text (openssl rand -hex 24)");
    }
    return secret;
  }

  private static boolean isPlaceholder(String secret) {
    return Arrays.stream(secret.split(",", -1))
        .map(part -> LETTERS.matcher(part.toLowerCase(Locale.ROOT)).replaceAll(""))
        .anyMatch(PLACEHOLDERS::contains);
  }

  private Optional<String> given(String name) {
    Optional<String> file = text(name + "_FILE");
    if (file.isEmpty()) {
      return text(name);
    }
    if (text(name).isPresent()) {
      problems.add(name + ": is set, and " + name + "_FILE too");
    }
    try {
      return Optional.of(Files.readString(Path.of(file.get())).strip());
    } catch (IOException e) {
      problems.add(name + "_FILE: cannot read " + file.get());
      return Optional.empty();
    }
  }

  int integer(String name, int fallback, int min, int max) {
    Optional<String> value = text(name);
    if (value.isEmpty()) {
      return fallback;
    }
    try {
      int number = Integer.parseInt(value.get().strip());
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    problems.add(
        "%s: must be a whole number from %d to %d, not %s".formatted(name, min, max, value.get()));
    return fallback;
  }

  Duration duration(String name, Duration fallback) {
    return duration(name, fallback, Duration.ZERO, Duration.ofDays(1));
  }

  Duration duration(String name, Duration fallback, Duration min, Duration max) {
    Optional<String> value = text(name);
    if (value.isEmpty()) {
      return fallback;
    }
    Optional<Duration> duration = parsed(value.get().strip());
    if (duration.isEmpty()) {
      problems.add(name + ": must be a duration such as 500ms, 5s or 10m, not " + value.get());
      return fallback;
    }
    if (duration.get().compareTo(min) < 0 || duration.get().compareTo(max) > 0) {
      problems.add(
          "%s: must be from %d ms to %d s, not %s"
              .formatted(name, min.toMillis(), max.toSeconds(), value.get()));
      return fallback;
    }
    return duration.get();
  }

  private static Optional<Duration> parsed(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          case "h" -> Duration.ofHours(amount);
          default -> Duration.ofDays(amount);
        });
  }

  /** A number of bytes, written {@code 64MiB}. */
  long bytes(String name, long fallback, long min, long max) {
    Optional<String> value = text(name);
    if (value.isEmpty()) {
      return fallback;
    }
    Matcher matcher = BYTES.matcher(value.get().strip());
    if (matcher.matches()) {
      int power = UNITS.indexOf(matcher.group(2));
      long bytes = Long.parseLong(matcher.group(1)) << (10 * power);
      if (bytes >= min && bytes <= max) {
        return bytes;
      }
    }
    problems.add(
        "%s: must be a size such as 64MiB, from %d to %d bytes, not %s"
            .formatted(name, min, max, value.get()));
    return fallback;
  }

  Optional<HostedReplicas> hosted(String name, String url) {
    try {
      return Optional.of(HostedReplicas.of(url));
    } catch (IllegalArgumentException e) {
      problems.add(name + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  String databaseUrl(String name) {
    String url = required(name);
    return !url.isEmpty() && isDatabaseUrl(name, url) ? url : "jdbc:postgresql:unset";
  }

  boolean isDatabaseUrl(String name, String url) {
    boolean fits = url.startsWith("jdbc:postgresql:");
    if (!fits) {
      problems.add(name + ": must be jdbc:postgresql://host:port/database, not " + url);
    }
    return fits;
  }
}
