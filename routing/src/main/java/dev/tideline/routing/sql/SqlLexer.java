package dev.tideline.routing.sql;

import dev.tideline.routing.sql.SqlToken.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Splits a statement as PostgreSQL's own lexer does (documentation, "Lexical Structure"): nested
 * comments, doubled quotes, escape strings, dollar quotes, quoted names, Unicode names. What is
 * doubtful, such as a quote that does not end, makes the whole statement unreadable.
 */
final class SqlLexer {

  private static final String OPERATOR_SIGNS = "+-*/<>=~!@#%^&|`?";

  private final String sql;
  private final List<SqlToken> tokens = new ArrayList<>();
  private int at;

  private SqlLexer(String sql) {
    this.sql = sql;
  }

  /** The tokens, or nothing if the text cannot be read for certain. */
  static Optional<List<SqlToken>> tokens(String sql) {
    SqlLexer lexer = new SqlLexer(sql);
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
    if (Character.isWhitespace(c)) {
      at++;
    } else if (sql.startsWith("--", at)) {
      int end = sql.indexOf('\n', at);
      at = end < 0 ? sql.length() : end + 1;
    } else if (sql.startsWith("/*", at)) {
      comment();
    } else if (c == '\'') {
      value(endOfQuoted(at, '\'', false));
    } else if (c == '"') {
      quotedName();
    } else if (c == '$') {
      dollar();
    } else if (Character.isDigit(c) || (c == '.' && isDigit(at + 1))) {
      number();
    } else if (isNameStart(c)) {
      word();
    } else if (c == ':' && sql.startsWith("::", at)) {
      add(Kind.OPERATOR, "::", at + 2);
    } else if ("()[],;.:".indexOf(c) >= 0) {
      add(Kind.PUNCTUATION, String.valueOf(c), at + 1);
    } else if (OPERATOR_SIGNS.indexOf(c) >= 0) {
      operator();
    } else {
      throw new Unreadable(); // braces of JDBC escapes among them
    }
  }

  private void add(Kind kind, String text, int end) {
    tokens.add(new SqlToken(kind, text, at));
    at = end;
  }

  private void value(int end) {
    add(Kind.VALUE, "", end);
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

  /** Where a text that begins with a quote is over; a doubled quote does not end it. */
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
    add(Kind.QUOTED, sql.substring(at + 1, end - 1).replace("\"\"", "\""), end);
  }

  /** A dollar-quoted text, or a parameter such as {@code $1}. */
  private void dollar() throws Unreadable {
    int end = at + 1;
    while (end < sql.length() && isNamePart(sql.charAt(end)) && sql.charAt(end) != '$') {
      end++;
    }
    if (end < sql.length() && sql.charAt(end) == '$' && !isDigit(at + 1)) {
      String tag = sql.substring(at, end + 1);
      int close = sql.indexOf(tag, end + 1);
      if (close < 0) {
        throw new Unreadable();
      }
      value(close + tag.length());
    } else if (isDigit(at + 1)) {
      value(end);
    } else {
      throw new Unreadable();
    }
  }

  private void number() {
    int end = at + 1;
    while (end < sql.length() && (isNamePart(sql.charAt(end)) || sql.charAt(end) == '.')) {
      end++;
    }
    value(end);
  }

  private void word() throws Unreadable {
    int end = at + 1;
    while (end < sql.length() && isNamePart(sql.charAt(end))) {
      end++;
    }
    String text = sql.substring(at, end).toLowerCase(Locale.ROOT);
    boolean quoteFollows = end < sql.length() && sql.charAt(end) == '\'';
    if (quoteFollows && text.length() == 1 && "ebxn".contains(text)) {
      value(endOfQuoted(end, '\'', text.equals("e")));
    } else if (text.equals("u") && sql.startsWith("&", end)) {
      throw new Unreadable(); // names and strings in Unicode escapes
    } else {
      add(Kind.WORD, text, end);
    }
  }

  private void operator() {
    int end = at + 1;
    while (end < sql.length()
        && OPERATOR_SIGNS.indexOf(sql.charAt(end)) >= 0
        && !sql.startsWith("--", end)
        && !sql.startsWith("/*", end)) {
      end++;
    }
    if (sql.substring(at, end).equals("?")) {
      value(end); // a parameter
    } else {
      add(Kind.OPERATOR, sql.substring(at, end), end);
    }
  }

  private boolean isDigit(int index) {
    return index < sql.length() && Character.isDigit(sql.charAt(index));
  }

  private static boolean isNameStart(char c) {
    return c == '_' || c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isNamePart(char c) {
    return isNameStart(c) || Character.isDigit(c) || c == '$';
  }
}
