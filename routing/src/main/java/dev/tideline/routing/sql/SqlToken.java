package dev.tideline.routing.sql;

/**
 * A word or sign of a statement.
 *
 * @param text of a name: folded to lower case unless it was quoted; of a sign: itself; of a
 *     constant: empty
 * @param start the index of its first character in the statement
 * @param end the index after its last character
 */
record SqlToken(Kind kind, String text, int start, int end) {

  enum Kind {
    /** An unquoted name or keyword. */
    WORD,
    /** A quoted name, never a keyword. */
    QUOTED,
    /** A literal of any kind, or a parameter. */
    VALUE,
    /** An operator, or the cast {@code ::}. */
    OPERATOR,
    /** One of {@code ( ) [ ] , ; . : .. :=}. */
    PUNCTUATION
  }

  boolean isWord(String word) {
    return kind == Kind.WORD && text.equals(word);
  }

  boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED;
  }

  boolean isSign(String sign) {
    return kind == Kind.PUNCTUATION && text.equals(sign);
  }
}
