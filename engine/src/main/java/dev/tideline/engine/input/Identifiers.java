package dev.tideline.engine.input;

import java.util.Optional;

/** Rules that ids of products, users and sessions share. */
public final class Identifiers {

  public static final int LENGTH_MAX = 128;

  private Identifiers() {}

  /** Who did something, as tables name it: the user, or else the session. */
  public static Optional<String> actor(Optional<String> userId, Optional<String> sessionId) {
    return userId.map("u:"::concat).or(() -> sessionId.map("s:"::concat));
  }

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
   * Whether a text holds a character that no name or query should: control characters, and what
   * {@link #isStorable} refuses.
   */
  public static boolean hasControlCharacter(String text) {
    return text.codePoints().anyMatch(c -> Character.isISOControl(c) || isHalfCharacter(c));
  }

  /**
   * Whether a text of several lines can be kept and told again: it holds no NUL, which PostgreSQL
   * cannot store, and no half of a surrogate pair, which UTF-8 cannot write.
   */
  public static boolean isStorable(String text) {
    return text.codePoints().noneMatch(c -> c == 0 || isHalfCharacter(c));
  }

  /** Code points of a text are surrogates only where the other half is missing. */
  private static boolean isHalfCharacter(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
