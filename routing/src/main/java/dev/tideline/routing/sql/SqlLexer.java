package dev.tideline.routing.sql;

import dev.tideline.routing.sql.SqlToken.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Splits a statement into tokens exactly as PostgreSQL 16 and later do (their {@code scan.l};
 * documentation, "Lexical Structure"); {@code ClassifierPropertyIT} compares the two. A text that
 * the server would reject, or that earlier servers split differently, is unreadable as a whole.
 */
final class SqlLexer {

  private static final String OPERATOR_SIGNS = "+-*/<>=~!@#%^&|`?";

  /** An operator may end in + or - only if it has one of these. */
  private static final String SIGNS_BEFORE_PLUS_OR_MINUS = "~!@#%^&|`?";

  /** The server truncates longer names. */
  private static final int NAME_BYTES_MAX = 63;

  private final String sql;
  private final boolean standardStrings;
  private final List<SqlToken> tokens = new ArrayList<>();
  private int at;

  private SqlLexer(String sql, boolean standardStrings) {
    this.sql = sql;
    this.standardStrings = standardStrings;
  }

  /** The tokens on a server whose {@code standard_conforming_strings} is on. */
  static Optional<List<SqlToken>> tokens(String sql) {
    return tokens(sql, true);
  }

  /**
   * The tokens, or empty if the text cannot be read with certainty.
   *
   * @param standardStrings the server's {@code standard_conforming_strings}: whether a backslash in
   *     a plain literal is an ordinary character
   */
  static Optional<List<SqlToken>> tokens(String sql, boolean standardStrings) {
    SqlLexer lexer = new SqlLexer(sql, standardStrings);
    try {
      while (lexer.at < sql.length()) {
        lexer.next();
      }
    } catch (Unreadable e) {
      return Optional.empty();
    }
    return Optional.of(lexer.tokens);
  }

  private static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private void next() throws Unreadable {
    char c = sql.charAt(at);
    if (isSpace(c)) {
      at++;
    } else if (sql.startsWith("--", at)) {
      at = endOfLine(at);
    } else if (sql.startsWith("/*", at)) {
      comment();
    } else if (c == '\'') {
      value(endOfLiteral(at, !standardStrings));
    } else if (c == '"') {
      quotedName();
    } else if (c == '$') {
      dollar();
    } else if (isDigit(at) || (c == '.' && isDigit(at + 1))) {
      number();
    } else if (isNameStart(at)) {
      word();
    } else if (sql.startsWith("::", at)) {
      add(Kind.OPERATOR, "::", at + 2);
    } else if (sql.startsWith("..", at) || sql.startsWith(":=", at)) {
      add(Kind.PUNCTUATION, sql.substring(at, at + 2), at + 2);
    } else if ("()[],;.:".indexOf(c) >= 0) {
      add(Kind.PUNCTUATION, String.valueOf(c), at + 1);
    } else if (OPERATOR_SIGNS.indexOf(c) >= 0) {
      operator();
    } else {
      throw new Unreadable(); // including the braces of JDBC escapes
    }
  }

  private void add(Kind kind, String text, int end) {
    tokens.add(new SqlToken(kind, text, at, end));
    at = end;
  }

  private void value(int end) {
    add(Kind.VALUE, "", end);
  }

  /** The end of a comment that began with two dashes. A carriage return ends it too. */
  private int endOfLine(int from) {
    int end = from;
    while (end < sql.length() && !isLineBreak(sql.charAt(end))) {
      end++;
    }
    return end;
  }

  private void comment() throws Unreadable {
    int depth = 0;
    do {
      if (sql.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (sql.startsWith("*/", at)) {
        depth--;
        at += 2;
      } else {
        at++;
      }
      if (at > sql.length() || (at == sql.length() && depth > 0)) {
        throw new Unreadable();
      }
    } while (depth > 0);
  }

  /** The end of a literal, including the parts that continue it on later lines. */
  private int endOfLiteral(int open, boolean backslashes) throws Unreadable {
    int end = endOfQuoted(open, '\'', backslashes);
    int next = continuation(end);
    while (next >= 0) {
      end = endOfQuoted(next, '\'', backslashes);
      next = continuation(end);
    }
    return end;
  }

  /** The end of a bit string, which contains no quotes. */
  private int endOfBits(int open) throws Unreadable {
    int next = open;
    int end = open;
    while (next >= 0) {
      end = sql.indexOf('\'', next + 1) + 1;
      if (end == 0) {
        throw new Unreadable();
      }
      next = continuation(end);
    }
    return end;
  }

  /**
   * The index of the quote after white space that contains a line break; -1 if something else
   * follows.
   */
  private int continuation(int from) {
    boolean lineBreak = false;
    int i = from;
    while (i < sql.length()) {
      if (sql.startsWith("--", i)) {
        i = endOfLine(i);
      } else if (isSpace(sql.charAt(i))) {
        lineBreak |= isLineBreak(sql.charAt(i));
        i++;
      } else {
        return lineBreak && sql.charAt(i) == '\'' ? i : -1;
      }
    }
    return -1;
  }

  /** The end of a text that begins with a quote; a doubled quote does not end it. */
  private int endOfQuoted(int open, char quote, boolean backslashes) throws Unreadable {
    for (int i = open + 1; i < sql.length(); i++) {
      char c = sql.charAt(i);
      if (c == '\\' && backslashes) {
        i++;
      } else if (c == quote) {
        if (i + 1 < sql.length() && sql.charAt(i + 1) == quote) {
          i++;
        } else {
          return i + 1;
        }
      }
    }
    throw new Unreadable();
  }

  private void quotedName() throws Unreadable {
    int end = endOfQuoted(at, '"', false);
    String name = sql.substring(at + 1, end - 1).replace("\"\"", "\"");
    requireCertain(name);
    add(Kind.QUOTED, name, end);
  }

  /** Rejects a name that the server would truncate, or that the driver cannot send unchanged. */
  private static void requireCertain(String name) throws Unreadable {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0
        || bytes.length > NAME_BYTES_MAX
        || !name.equals(new String(bytes, StandardCharsets.UTF_8))) {
      throw new Unreadable();
    }
  }

  /** A dollar-quoted text, or a parameter such as {@code $1}. */
  private void dollar() throws Unreadable {
    if (isDigit(at + 1)) {
      int end = at + 1;
      while (isDigit(end)) {
        end++;
      }
      requireNoName(end);
      value(end);
      return;
    }
    int end = at + 1;
    while (isNamePart(end) && sql.charAt(end) != '$') {
      end++;
    }
    if (end == sql.length() || sql.charAt(end) != '$') {
      throw new Unreadable();
    }
    String tag = sql.substring(at, end + 1);
    int close = sql.indexOf(tag, end + 1);
    if (close < 0) {
      throw new Unreadable();
    }
    value(close + tag.length());
  }

  private void number() throws Unreadable {
    int end = endOfDigits(at, 10);
    if (sql.charAt(at) == '0' && end == at + 1 && end < sql.length()) {
      int radix =
          switch (sql.charAt(end)) {
            case 'x', 'X' -> 16;
            case 'o', 'O' -> 8;
            case 'b', 'B' -> 2;
            default -> 0;
          };
      if (radix > 0) {
        int last = endOfDigits(end + 1, radix);
        if (last == end + 1 || isNamePart(last)) {
          throw new Unreadable();
        }
        value(last);
        return;
      }
    }
    if (!sql.startsWith("..", end)) { // otherwise it is the range of a loop
      end = endOfFraction(end);
    }
    requireNoName(end);
    value(end);
  }

  private int endOfFraction(int from) throws Unreadable {
    int end = from;
    if (end < sql.length() && sql.charAt(end) == '.') {
      end = endOfDigits(end + 1, 10);
    }
    if (end < sql.length() && (sql.charAt(end) == 'e' || sql.charAt(end) == 'E')) {
      end++;
      if (end < sql.length() && (sql.charAt(end) == '+' || sql.charAt(end) == '-')) {
        end++;
      }
      if (!isDigit(end)) {
        throw new Unreadable();
      }
      end = endOfDigits(end, 10);
      if (isNamePart(end)) {
        throw new Unreadable();
      }
    }
    return end;
  }

  /** One underscore may precede each digit; the first digit only in numbers such as 0x1F. */
  private int endOfDigits(int from, int radix) {
    int end = from;
    while (true) {
      boolean separated =
          end < sql.length() && sql.charAt(end) == '_' && (end > from || radix != 10);
      int digit = separated ? end + 1 : end;
      if (digit >= sql.length()
          || sql.charAt(digit) >= 0x80
          || Character.digit(sql.charAt(digit), radix) < 0) {
        return end;
      }
      end = digit + 1;
    }
  }

  /** Earlier servers read {@code 1for} as two words; later ones refuse it. */
  private void requireNoName(int end) throws Unreadable {
    if (isNameStart(end)) {
      throw new Unreadable();
    }
  }

  private void word() throws Unreadable {
    int end = at + 1;
    while (isNamePart(end)) {
      end++;
    }
    boolean isPrefix = end == at + 1;
    char first = Character.toLowerCase(sql.charAt(at));
    if (isPrefix && first == 'u' && (sql.startsWith("&'", end) || sql.startsWith("&\"", end))) {
      throw new Unreadable(); // names and strings with Unicode escapes
    }
    if (isPrefix && sql.startsWith("'", end) && "ebxn".indexOf(first) >= 0) {
      switch (first) {
        case 'n' -> add(Kind.WORD, "nchar", end);
        case 'e' -> value(endOfLiteral(end, true));
        default -> value(endOfBits(end));
      }
      return;
    }
    String name = lowerCase(sql.substring(at, end));
    requireCertain(name);
    add(Kind.WORD, name, end);
  }

  /**
   * Folds a name as the server does: ASCII only. In some encodings the server folds more; such
   * names are rejected.
   */
  private static String lowerCase(String name) throws Unreadable {
    StringBuilder folded = new StringBuilder(name);
    boolean ascii = true;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      ascii &= c < 0x80;
      if (c >= 'A' && c <= 'Z') {
        folded.setCharAt(i, (char) (c + 'a' - 'A'));
      }
    }
    String text = folded.toString();
    if (!ascii && !text.equals(text.toLowerCase(Locale.ROOT))) {
      throw new Unreadable();
    }
    return text;
  }

  private void operator() {
    int end = at + 1;
    while (end < sql.length()
        && OPERATOR_SIGNS.indexOf(sql.charAt(end)) >= 0
        && !sql.startsWith("--", end)
        && !sql.startsWith("/*", end)) {
      end++;
    }
    while (end > at + 1 && "+-".indexOf(sql.charAt(end - 1)) >= 0 && !mayEndSo(at, end - 1)) {
      end--;
    }
    String sign = sql.substring(at, end);
    if (sign.equals("?")) {
      value(end); // a parameter
    } else {
      add(Kind.OPERATOR, sign.equals("!=") ? "<>" : sign, end);
    }
  }

  private boolean mayEndSo(int from, int to) {
    return sql.substring(from, to)
        .chars()
        .anyMatch(sign -> SIGNS_BEFORE_PLUS_OR_MINUS.indexOf(sign) >= 0);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static boolean isLineBreak(char c) {
    return c == '\n' || c == '\r';
  }

  private boolean isDigit(int index) {
    return index < sql.length() && sql.charAt(index) >= '0' && sql.charAt(index) <= '9';
  }

  private boolean isNameStart(int index) {
    if (index >= sql.length()) {
      return false;
    }
    char c = sql.charAt(index);
    return c == '_' || c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private boolean isNamePart(int index) {
    return isNameStart(index)
        || isDigit(index)
        || (index < sql.length() && sql.charAt(index) == '$');
  }
}
