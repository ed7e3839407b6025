package dev.tideline.engine.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TextsTest {

  @ParameterizedTest
  @CsvSource({
    "'  a  b ', a b",
    "'a\u2028b', a b",
    "Salt &amp; Pepper, Salt & Pepper",
    "'<b>bold</b> lamp', bold lamp",
    "'5 < 6 & 7 > 3', '5 < 6 & 7 > 3'",
    "AT&T, AT&T",
    "<li>Red</li><li>Blue</li>, Red Blue",
    "'<p>One</p><p>Two</p>', One Two",
    "one<br/>two, one two",
    "wood<b>en</b>, wooden",
    "Cable <USB-C> 2m, Cable <USB-C> 2m",
    "x<y, x<y",
    "if x<y then y>x, if x<y then y>x",
    "a<b and c>d &amp; e, a<b and c>d & e",
    "x<y &amp; z, x<y & z",
    "<a href=\"x\" title='y>z'>link</a>, link",
    "&lt;b&gt; &copy; &bogus; &#228;&#xe4;, <b> © &bogus; ää",
    "'<style>p { color: red }</style>Lamp<!-- old -->', Lamp",
    "<script>alert(1)</script>Lamp, Lamp",
    "half &#55296; of, half \ufffd of",
    "3 &nbsp;cm, 3 cm"
  })
  void clean_whatFilesHold_isOneTidyLine(String text, String expected) {
    assertThat(Texts.clean(text)).isEqualTo(expected);
  }

  @Test
  void cleanLines_lineBreaks_stay() {
    assertThat(Texts.cleanLines("a\r\nb\u0007c")).isEqualTo("a\nb c");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<ul><li>Red</li><li>Blue</li></ul>|Red Blue",
        "'<p>One</p>\n<p>Two</p>'|'One\nTwo'",
        "one<br>two|'one\ntwo'",
        "<td>12</td><td>cm</td>|12 cm",
        "Cable <USB-C> 2m &amp; plug|Cable <USB-C> 2m & plug",
        "'  two  blanks  stay'|'two  blanks  stay'"
      })
  void cleanLines_html_partsWhatABrowserParts(String text, String expected) {
    assertThat(Texts.cleanLines(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"1e-20000", "1E+999999999", "1e41", "'12,5'", "$3", "NaN", "''"})
  void decimal_whatNoDatabaseTakes_isNone(String text) {
    assertThat(Texts.decimal(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2024-12-10T00:01:29.378Z, 2024-12-10T00:01:29.378Z",
    "2025-03-03T16:47:45.901+0000, 2025-03-03T16:47:45.901Z",
    "2025-03-03T16:47:45+02:00, 2025-03-03T14:47:45Z",
    "1718000000000, 2024-06-10T06:13:20Z",
    "1718000000, 2024-06-10T06:13:20Z",
    "2010-12-01 08:26:00, 2010-12-01T08:26:00Z",
    "2010-12-01 08:26, 2010-12-01T08:26:00Z",
    "2010-12-01T08:26:00, 2010-12-01T08:26:00Z"
  })
  void instant_formsThatFilesUse_areRead(String text, String expected) {
    assertThat(Texts.instant(text, ZoneOffset.UTC)).contains(Instant.parse(expected));
  }

  @Test
  void instant_localTimeInSummer_takesTheZone() {
    assertThat(Texts.instant("2011-07-01 12:00:00", ZoneId.of("Europe/London")))
        .contains(Instant.parse("2011-07-01T11:00:00Z"));
  }

  @ParameterizedTest
  @CsvSource({
    "yesterday",
    "2010-13-01 00:00:00",
    "''",
    "12",
    "+999999999-01-01T00:00:00Z",
    "+10000-01-01 00:00",
    "-0044-03-15 12:00"
  })
  void instant_noTime_isNothing(String text) {
    assertThat(Texts.instant(text, ZoneOffset.UTC)).isEmpty();
  }
}
