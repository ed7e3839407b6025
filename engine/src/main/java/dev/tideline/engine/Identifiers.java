package dev.tideline.engine;

import java.util.Optional;

/** Rules that ids of products, users and sessions share. */
public final class Identifiers {

  public static final int LENGTH_MAX = 128;

  private Identifiers() {}

  /** What is wrong with an id, if anything. */
  public static Optional<String> problem(String id) {
    if (id.isBlank()) {
      return Optional.of("must not be empty");
    }
    if (id.length() > LENGTH_MAX) {
      return Optional.of("must be at most " + LENGTH_MAX + " characters, not " + id.length());
    }
    return hasControlCharacter(id)
        ? Optional.of("must not contain control characters")
        : Optional.empty();
  }

  /**
   * Whether a text holds a character that no name or query should: NUL among them, which PostgreSQL
   * cannot keep.
   */
  public static boolean hasControlCharacter(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }
}
