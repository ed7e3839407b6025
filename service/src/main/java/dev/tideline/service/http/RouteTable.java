package dev.tideline.service.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the route of a request by the segments of its path as they were sent, so that an id may
 * hold an encoded slash. A fixed segment goes before a parameter. Immutable.
 */
final class RouteTable {

  private static final Pattern SLASH = Pattern.compile("/");

  /** The method and path of a request. */
  sealed interface Match {
    /** A route, and the parameters of its path, decoded. */
    record Found(Route route, Map<String, String> parameters) implements Match {}

    /** The path is known, the method is not; these are. */
    record WrongMethod(String allowed) implements Match {}

    record NoSuchPath() implements Match {}
  }

  private record Entry(Route route, List<String> segments, long parameters) {
    static Entry of(Route route) {
      List<String> segments = RouteTable.segments(route.pattern());
      return new Entry(route, segments, segments.stream().filter(RouteTable::isParameter).count());
    }
  }

  private final List<Entry> entries;

  RouteTable(List<Route> routes) {
    entries =
        routes.stream()
            .map(Entry::of)
            .sorted((a, b) -> Long.compare(a.parameters(), b.parameters()))
            .toList();
  }

  /**
   * Finds it.
   *
   * @param rawPath still percent-encoded, without query
   * @throws ProblemException 400 if a parameter's encoding is broken
   */
  Match find(String method, String rawPath) {
    String wanted = method.equals("HEAD") ? "GET" : method;
    List<String> path = segments(rawPath);
    List<String> allowed = new ArrayList<>();
    for (Entry entry : entries) {
      if (fits(entry.segments(), path)) {
        String own = entry.route().method().text();
        if (own.equals(wanted)) {
          return new Match.Found(entry.route(), parameters(entry.segments(), path));
        }
        allowed.add(own);
        if (own.equals("GET")) {
          allowed.add("HEAD");
        }
      }
    }
    if (allowed.isEmpty()) {
      return new Match.NoSuchPath();
    }
    allowed.add("OPTIONS");
    return new Match.WrongMethod(allowed.stream().distinct().collect(Collectors.joining(", ")));
  }

  private static boolean fits(List<String> pattern, List<String> path) {
    if (pattern.size() != path.size()) {
      return false;
    }
    for (int i = 0; i < pattern.size(); i++) {
      boolean fits =
          isParameter(pattern.get(i)) ? !path.get(i).isEmpty() : pattern.get(i).equals(path.get(i));
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private static Map<String, String> parameters(List<String> pattern, List<String> path) {
    Map<String, String> parameters = new HashMap<>();
    for (int i = 0; i < pattern.size(); i++) {
      if (isParameter(pattern.get(i))) {
        String name = pattern.get(i).substring(1, pattern.get(i).length() - 1);
        parameters.put(
            name,
            decoded(path.get(i))
                .orElseThrow(
                    () -> new ProblemException(400, "The path is not encoded correctly.")));
      }
    }
    return parameters;
  }

  /** Percent-decoded; a plus sign in a path is itself. */
  private static Optional<String> decoded(String segment) {
    try {
      return Optional.of(URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static List<String> segments(String path) {
    return List.of(SLASH.split(path, -1));
  }

  private static boolean isParameter(String segment) {
    return segment.startsWith("{");
  }
}
