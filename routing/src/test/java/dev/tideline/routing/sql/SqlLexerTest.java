package dev.tideline.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lexer's rules, one by one; {@link ClassifierPropertyIT} compares them with the server's. */
final class SqlLexerTest {

  private static List<String> split(String sql, boolean standardStrings) {
    return SqlLexer.tokens(sql, standardStrings).orElseThrow().stream()
        .map(token -> sql.substring(token.start(), token.end()))
        .toList();
  }

  private static List<String> split(String sql) {
    return split(sql, true);
  }

  @Test
  void comment_endsAtACarriageReturnToo() {
    assertThat(split("a -- b\rc")).containsExactly("a", "c");
    assertThat(split("a -- b\nc")).containsExactly("a", "c");
    assertThat(split("a /* /* b */ -- */ c")).containsExactly("a", "c");
  }

  @Test
  void literal_goesOnAfterALineBreak_withTheSameEscapes() {
    assertThat(split("E'a'\n'\\'b' c")).containsExactly("E'a'\n'\\'b'", "c");
    assertThat(split("'a' -- x\n 'b' 'c'")).containsExactly("'a' -- x\n 'b'", "'c'");
    assertThat(split("'a' 'b'")).containsExactly("'a'", "'b'");
  }

  @Test
  void backslash_isAsTheServerHasIt() {
    assertThat(split("'\\' a")).containsExactly("'\\'", "a");
    assertThat(split("'\\' a'", false)).containsExactly("'\\' a'");
    assertThat(split("B'0\\' a", false)).containsExactly("B'0\\'", "a");
  }

  @Test
  void number_endsBeforeARange() {
    assertThat(split("1..nextval")).containsExactly("1", "..", "nextval");
    assertThat(split("0x1F 1_000 1.5e-3 .5 1.")).hasSize(5);
  }

  @Test
  void operator_endsAsTheServerHasIt() {
    assertThat(split("a=-1")).containsExactly("a", "=", "-", "1");
    assertThat(split("a@-1")).containsExactly("a", "@-", "1");
    assertThat(split("a*/*b*/1")).containsExactly("a", "*", "1");
  }

  @Test
  void name_isFoldedInAsciiAlone() {
    assertThat(SqlLexer.tokens("NAME", true).orElseThrow().getFirst().text()).isEqualTo("name");
    assertThat(SqlLexer.tokens("\u00e9T\u00e9", true).orElseThrow().getFirst().text())
        .isEqualTo("\u00e9t\u00e9");
    assertThat(split("a\u3000b \u0663c")).containsExactly("a\u3000b", "\u0663c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'a",
        "\"a",
        "\"\"",
        "/* a",
        "$a$ b",
        "$",
        "1for",
        "1e",
        "0x",
        "0b12",
        "$1a",
        "U&'a'",
        "u&\"a\"",
        "{fn a}",
        "a\\b",
        "\u212a",
        "a\u0000b"
      })
  void doubtfulText_isUnreadable(String sql) {
    assertThat(SqlLexer.tokens(sql, true)).isEmpty();
    assertThat(SqlLexer.tokens("a" + "b".repeat(63), true)).isEmpty();
    assertThat(SqlLexer.tokens("a" + (char) 0xD800, true)).isEmpty(); // sent as "a?"
  }
}
