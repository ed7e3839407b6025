package dev.tideline.engine.input;

import java.util.Optional;

/** Rules for the ids of products, users and sessions. */
public final class Identifiers {

  public static final int LENGTH_MAX = 128;

  private Identifiers() {}

  /** The actor of an event, as in tables: the user, or else the session. */
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
   * Whether a text contains a character that no name or query may contain: a control character, or
   * one that {@link #isStorable} refuses.
   */
  public static boolean hasControlCharacter(String text) {
    return text.codePoints().anyMatch(c -> Character.isISOControl(c) || isHalfCharacter(c));
  }

  /**
   * Whether a text of several lines can be stored and returned: it contains no NUL, which
   * PostgreSQL cannot store, and no unpaired surrogate, which UTF-8 cannot encode.
   */
  public static boolean isStorable(String text) {
    return text.codePoints().noneMatch(c -> c == 0 || isHalfCharacter(c));
  }

  /** A code point of a text is a surrogate only if the other half of the pair is missing. */
  private static boolean isHalfCharacter(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
