package dev.tideline.engine.catalog;

import dev.tideline.engine.input.InvalidInputException;
import java.util.Optional;

/** The form of a category: a path such as {@code A > B > C}. */
public final class CategoryPath {

  public static final String SEPARATOR = " > ";

  private CategoryPath() {}

  /**
   * Checks the path of a request.
   *
   * @throws InvalidInputException if the path is invalid
   */
  public static void check(String field, String path) {
    Optional<String> problem = problem(path);
    if (problem.isPresent()) {
      throw InvalidInputException.of(field, problem.get());
    }
  }

  /**
   * What is wrong with a path, if anything. Each level must have a name, which must not begin or
   * end with the separator of levels, as in {@code A > > B}.
   */
  public static Optional<String> problem(String path) {
    for (String level : path.split(SEPARATOR, -1)) {
      String name = level.strip();
      if (name.isEmpty() || name.startsWith(">") || name.endsWith(">")) {
        return Optional.of("must be a path such as A > B > C, with no empty level");
      }
    }
    return Optional.empty();
  }
}
